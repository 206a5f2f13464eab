<?php
// SPDX-License-Identifier: Apache-2.0
// The ways to libcurl in PHP: one by one, copied, reset, and many at once without asking how it went.

function opened(string $path)
{
    $handle = curl_init('https://' . getenv('NGINX_TLS') . $path);
    curl_setopt_array($handle, [
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_CAINFO => getenv('CA'),
        CURLOPT_PROXY => '',
        CURLOPT_HTTPHEADER => ['X-A: 1'],
    ]);
    return $handle;
}

function told($handle): void
{
    echo curl_exec($handle), curl_getinfo($handle, CURLINFO_RESPONSE_CODE), "\n";
}

$handle = opened('/ok?n=1');
told($handle);
$copy = curl_copy_handle($handle);
curl_setopt($copy, CURLOPT_HTTPHEADER, ['X-B: 2']);
told($copy);
told($handle);
curl_reset($handle);
curl_setopt_array($handle, [
    CURLOPT_URL => 'http://' . getenv('APACHE') . '/moved',
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_FOLLOWLOCATION => true,
    CURLOPT_PROXY => '',
]);
told($handle);
curl_close($handle);
curl_close($copy);

$handle = curl_init('http://' . getenv('APACHE') . '/missing');
curl_setopt_array($handle, [CURLOPT_NOBODY => true, CURLOPT_PROXY => '']);
curl_exec($handle);
echo curl_getinfo($handle, CURLINFO_RESPONSE_CODE), "\n";

$multi = curl_multi_init();
$handles = array_map('opened', ['/ok?m=1', '/ok?m=2', '/missing']);
foreach ($handles as $each) {
    curl_multi_add_handle($multi, $each);
}
do {
    curl_multi_exec($multi, $running);
    if ($running) {
        curl_multi_select($multi);
    }
} while ($running);
foreach ($handles as $each) {
    echo curl_getinfo($each, CURLINFO_RESPONSE_CODE), ' ', strlen(curl_multi_getcontent($each)), "\n";
    curl_multi_remove_handle($multi, $each);
}
curl_multi_close($multi);
