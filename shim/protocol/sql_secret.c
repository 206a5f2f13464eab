/* SPDX-License-Identifier: Apache-2.0 */
/* Words that give a secret away. */
#include "protocol/sql_secret.h"

static const struct slice words[] = {
	SLICE("passw"), SLICE("passphrase"), SLICE("pwd"), SLICE("secret"), SLICE("crypt"),
	SLICE("credential"), SLICE("token"), SLICE("api_key"), SLICE("apikey"),
};

static bool begins_with(struct slice text, struct slice word)
{
	if (text.size < word.size)
		return false;
	for (size_t i = 0; i < word.size; i++)
		if (byte_lower(text.data[i]) != word.data[i])
			return false;
	return true;
}

bool sql_names_secret(struct slice statement)
{
	for (size_t i = 0; i < statement.size; i++)
		for (size_t word = 0; word < sizeof(words) / sizeof(*words); word++)
			if (begins_with(slice_after(statement, i), words[word]))
				return true;
	return false;
}
