<?php
// SPDX-License-Identifier: Apache-2.0
// pgsql and PDO, which Debian 12's PHP opens with RTLD_DEEPBIND.
$db = pg_connect("");
print_r(pg_fetch_all(pg_query($db, "select 1 as a")));
print_r(pg_fetch_all(pg_query_params($db, "select \$1::int as a", [5])));
pg_prepare($db, "p", "select 2 + \$1::int as b");
print_r(pg_fetch_row(pg_execute($db, "p", [1])));
pg_close($db);
$pdo = new PDO("pgsql:");
print_r($pdo->query("select 'pdo' as z")->fetchAll());
$statement = $pdo->prepare("select ?::int as q");
$statement->execute([3]);
print_r($statement->fetchAll());
try {
	$pdo->exec("select 1/0");
} catch (PDOException $error) {
	echo $error->getCode(), "\n";
}
