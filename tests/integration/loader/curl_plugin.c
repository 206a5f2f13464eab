/* SPDX-License-Identifier: Apache-2.0 */
/* What curl_host opens: makes a transfer of its own, by the libcurl it is linked to. */
#include <curl/curl.h>
#include <stdint.h>
#include <stdio.h>

int plugin_fetch(const char *url);
const void *plugin_calls(void);

int plugin_fetch(const char *url)
{
	CURL *easy = curl_easy_init();
	void *kept = NULL;
	long status = 0;
	CURLcode result;

	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	/* All of the slot that the value comes in must arrive. */
	curl_easy_setopt(easy, CURLOPT_PRIVATE, (void *)(uintptr_t)0xfedcba9876543210);
	fflush(stdout);
	result = curl_easy_perform(easy);
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&kept);
	printf("result %d, status %ld, kept %p\n", result, status, kept);
	curl_easy_cleanup(easy);
	return result != CURLE_OK;
}

const void *plugin_calls(void)
{
	return (const void *)(uintptr_t)curl_easy_perform;
}
