/* SPDX-License-Identifier: Apache-2.0 */
/* An object that is loaded with RTLD_DEEPBIND: its calls of libcurl do not come by us. */
#include "case.h"

extern CURL *plugin_open(const char *url);

CURL *plugin_open(const char *url)
{
	CURL *handle = curl_easy_init();

	curl_easy_setopt(handle, CURLOPT_URL, url);
	curl_easy_setopt(handle, CURLOPT_PROXY, "");
	/* Lives as long as the program. */
	curl_easy_setopt(handle, CURLOPT_HTTPHEADER, curl_slist_append(NULL, "X-Plugin: 1"));
	return handle;
}
