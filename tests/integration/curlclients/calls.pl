# SPDX-License-Identifier: Apache-2.0
# WWW::Curl: easy handles, and a multi.
use strict;
use warnings;
use WWW::Curl::Easy;
use WWW::Curl::Multi;

sub opened {
    my ($url, $body) = @_;
    my $handle = WWW::Curl::Easy->new;
    $handle->setopt(CURLOPT_URL, $url);
    $handle->setopt(CURLOPT_CAINFO, $ENV{CA});
    $handle->setopt(CURLOPT_PROXY, '');
    $handle->setopt(CURLOPT_HTTPHEADER, ['X-A: 1']);
    $handle->setopt(CURLOPT_WRITEDATA, $body);
    return $handle;
}

for my $url ("https://$ENV{NGINX_TLS}/ok", "http://$ENV{HTTP}/404", "http://$ENV{HTTP}/close") {
    my $body = '';
    my $handle = opened($url, \$body);
    print $handle->perform, ' ', $handle->getinfo(CURLINFO_RESPONSE_CODE), ' ', length $body, "\n";
}

my $multi = WWW::Curl::Multi->new;
my %running;
for my $id (1 .. 3) {
    my $body = '';
    my $handle = opened("https://$ENV{NGINX_TLS}/ok?m=$id", \$body);
    $handle->setopt(CURLOPT_PRIVATE, $id);
    $running{$id} = $handle;
    $multi->add_handle($handle);
}
my $good = 0;
while (%running) {
    my $active = $multi->perform;
    while ((my ($id, $result) = $multi->info_read)[0]) {
        $good++ unless $result;
        delete $running{$id};
    }
    select undef, undef, undef, 0.01 if %running;
}
print "$good good\n";
