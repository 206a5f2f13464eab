/* SPDX-License-Identifier: Apache-2.0 */
/* The codes that applications meet, and all classes. */
#include "exporter/sqlstate.h"

/*
 * Sorted by code; the name of a class is the one of its xx000. No pointers: the loader would write
 * each in every process.
 */
static const struct {
	char code[6];
	char name[54];
} condition[] = {
	{ "01000", "warning" },
	{ "02000", "no_data" },
	{ "03000", "sql_statement_not_yet_complete" },
	{ "08000", "connection_exception" },
	{ "08001", "sqlclient_unable_to_establish_sqlconnection" },
	{ "08003", "connection_does_not_exist" },
	{ "08004", "sqlserver_rejected_establishment_of_sqlconnection" },
	{ "08006", "connection_failure" },
	{ "08P01", "protocol_violation" },
	{ "09000", "triggered_action_exception" },
	{ "0A000", "feature_not_supported" },
	{ "0B000", "invalid_transaction_initiation" },
	{ "0F000", "locator_exception" },
	{ "0L000", "invalid_grantor" },
	{ "0P000", "invalid_role_specification" },
	{ "0Z000", "diagnostics_exception" },
	{ "20000", "case_not_found" },
	{ "21000", "cardinality_violation" },
	{ "22000", "data_exception" },
	{ "22001", "string_data_right_truncation" },
	{ "22003", "numeric_value_out_of_range" },
	{ "22007", "invalid_datetime_format" },
	{ "22008", "datetime_field_overflow" },
	{ "22012", "division_by_zero" },
	{ "22021", "character_not_in_repertoire" },
	{ "22023", "invalid_parameter_value" },
	{ "22P02", "invalid_text_representation" },
	{ "22P03", "invalid_binary_representation" },
	{ "23000", "integrity_constraint_violation" },
	{ "23001", "restrict_violation" },
	{ "23502", "not_null_violation" },
	{ "23503", "foreign_key_violation" },
	{ "23505", "unique_violation" },
	{ "23514", "check_violation" },
	{ "23P01", "exclusion_violation" },
	{ "24000", "invalid_cursor_state" },
	{ "25000", "invalid_transaction_state" },
	{ "25001", "active_sql_transaction" },
	{ "25006", "read_only_sql_transaction" },
	{ "25P01", "no_active_sql_transaction" },
	{ "25P02", "in_failed_sql_transaction" },
	{ "25P03", "idle_in_transaction_session_timeout" },
	{ "26000", "invalid_sql_statement_name" },
	{ "27000", "triggered_data_change_violation" },
	{ "28000", "invalid_authorization_specification" },
	{ "28P01", "invalid_password" },
	{ "2B000", "dependent_privilege_descriptors_still_exist" },
	{ "2D000", "invalid_transaction_termination" },
	{ "2F000", "sql_routine_exception" },
	{ "34000", "invalid_cursor_name" },
	{ "38000", "external_routine_exception" },
	{ "39000", "external_routine_invocation_exception" },
	{ "3B000", "savepoint_exception" },
	{ "3D000", "invalid_catalog_name" },
	{ "3F000", "invalid_schema_name" },
	{ "40000", "transaction_rollback" },
	{ "40001", "serialization_failure" },
	{ "40002", "transaction_integrity_constraint_violation" },
	{ "40P01", "deadlock_detected" },
	{ "42000", "syntax_error_or_access_rule_violation" },
	{ "42501", "insufficient_privilege" },
	{ "42601", "syntax_error" },
	{ "42602", "invalid_name" },
	{ "42701", "duplicate_column" },
	{ "42702", "ambiguous_column" },
	{ "42703", "undefined_column" },
	{ "42704", "undefined_object" },
	{ "42710", "duplicate_object" },
	{ "42723", "duplicate_function" },
	{ "42725", "ambiguous_function" },
	{ "42803", "grouping_error" },
	{ "42804", "datatype_mismatch" },
	{ "42883", "undefined_function" },
	{ "42P01", "undefined_table" },
	{ "42P02", "undefined_parameter" },
	{ "42P03", "duplicate_cursor" },
	{ "42P04", "duplicate_database" },
	{ "42P05", "duplicate_prepared_statement" },
	{ "42P06", "duplicate_schema" },
	{ "42P07", "duplicate_table" },
	{ "42P18", "indeterminate_datatype" },
	{ "44000", "with_check_option_violation" },
	{ "53000", "insufficient_resources" },
	{ "53100", "disk_full" },
	{ "53200", "out_of_memory" },
	{ "53300", "too_many_connections" },
	{ "54000", "program_limit_exceeded" },
	{ "54001", "statement_too_complex" },
	{ "55000", "object_not_in_prerequisite_state" },
	{ "55006", "object_in_use" },
	{ "55P03", "lock_not_available" },
	{ "57000", "operator_intervention" },
	{ "57014", "query_canceled" },
	{ "57P01", "admin_shutdown" },
	{ "57P02", "crash_shutdown" },
	{ "57P03", "cannot_connect_now" },
	{ "57P05", "idle_session_timeout" },
	{ "58000", "system_error" },
	{ "58030", "io_error" },
	{ "72000", "snapshot_too_old" },
	{ "F0000", "config_file_error" },
	{ "HV000", "fdw_error" },
	{ "P0000", "plpgsql_error" },
	{ "P0001", "raise_exception" },
	{ "P0002", "no_data_found" },
	{ "P0003", "too_many_rows" },
	{ "P0004", "assert_failure" },
	{ "XX000", "internal_error" },
	{ "XX001", "data_corrupted" },
	{ "XX002", "index_corrupted" },
};

static const char *name_of(const char *code)
{
	size_t low = 0, high = sizeof(condition) / sizeof(condition[0]);

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = memcmp(condition[middle].code, code, 5);

		if (order == 0)
			return condition[middle].name;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

struct slice sqlstate_name(struct slice code)
{
	char class[6] = "00000";
	const char *name;

	if (code.size != 5)
		return slice_of(NULL, 0);
	name = name_of((const char *)code.data);
	if (!name) {
		memcpy(class, code.data, 2);
		name = name_of(class);
	}
	return slice_of_string(name);
}
