<?php
// SPDX-License-Identifier: Apache-2.0
// PHP's pgsql and PDO: queries, parameters, prepared, emulated, asynchronous, COPY, errors.
$db = pg_connect("");
echo pg_fetch_result(pg_query($db, "select 1"), 0, 0), "\n";
echo pg_fetch_result(pg_query_params($db, 'select $1::int + 1', [41]), 0, 0), "\n";
pg_prepare($db, "twice", 'select $1::int * 2');
for ($i = 0; $i < 3; $i++)
	echo pg_fetch_result(pg_execute($db, "twice", [$i]), 0, 0), "\n";
pg_send_query($db, "select 'asynchronous'; select 'twice'");
while ($result = pg_get_result($db))
	echo pg_fetch_result($result, 0, 0), "\n";
pg_query($db, "create temp table t(i int, s text)");
pg_copy_from($db, "t", ["1\tone\n", "2\ttwo\n"]);
print_r(pg_copy_to($db, "t"));
echo @pg_query($db, "select 1/0") === false ? "failed\n" : "not failed\n";
pg_close($db);

$host = getenv("PGHOST");
$port = getenv("PGPORT");
$pdo = new PDO("pgsql:host=$host;port=$port;dbname=shop", "app", "");
$pdo->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
$statement = $pdo->prepare("select cast(? as int) * 3");
for ($i = 0; $i < 3; $i++) {
	$statement->execute([$i]);
	echo $statement->fetchColumn(), "\n";
}
$statement = null;
$emulated = $pdo->prepare("select ? || 's'", [PDO::ATTR_EMULATE_PREPARES => true]);
$emulated->execute(["emulated"]);
echo $emulated->fetchColumn(), "\n";
$pdo->beginTransaction();
try {
	$pdo->exec("insert into nowhere values (1)");
} catch (PDOException $error) {
	echo $error->getCode(), "\n";
}
$pdo->rollBack();
$pdo = null;
$open = array_map("intval", array_filter(scandir("/proc/self/fd"), "is_numeric"));
sort($open);
echo implode(" ", $open), "\n";
