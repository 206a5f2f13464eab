# SPDX-License-Identifier: Apache-2.0
# DBD::Pg: do() with and without parameters, prepared after the first use, COPY, errors, a fork.
use strict;
use warnings;
use DBI;

my $db = DBI->connect("dbi:Pg:", "", "", { RaiseError => 1, PrintError => 0, AutoCommit => 1 });
$db->do("create temp table t(i int, s text)");
$db->do("insert into t values (?, ?)", undef, 1, "it's one");
my $select = $db->prepare("select i * ?::int from t");
for my $number (1 .. 5) {
	$select->execute($number);
	print join(",", $select->fetchrow_array), "\n";
}
$select->finish;
undef $select;
eval { $db->do("select 1/0") };
print $db->state, "\n";
$db->begin_work;
$db->do("insert into t values (2, 'two')");
$db->rollback;
$db->do("copy t from stdin");
$db->pg_putcopydata("$_\tcopied\n") for 10 .. 12;
$db->pg_putcopyend;
$db->do("copy t to stdout");
my $row;
print $row while $db->pg_getcopydata($row) >= 0;
$db->do("select pg_sleep(0.01)", { pg_async => 1 });
print $db->pg_result, "\n";
my $child = fork;
if (!$child) {
	$db->{InactiveDestroy} = 1;
	my $own = DBI->connect("dbi:Pg:", "", "", { RaiseError => 1 });
	my ($seven) = $own->selectrow_array("select 7");
	$own->disconnect;
	exit $seven;
}
waitpid $child, 0;
print $? >> 8, "\n";
$db->disconnect;
opendir my $directory, "/proc/self/fd";
print join(" ", sort grep { /^\d+$/ } readdir $directory), "\n";
