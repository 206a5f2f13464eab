/* SPDX-License-Identifier: Apache-2.0 */
/* A multi handle, as most programs drive it. */
#include <stdio.h>

#include "case.h"

void multi_add(CURLM *multi, CURL *handle)
{
	require(!curl_multi_add_handle(multi, handle), "curl_multi_add_handle");
}

int multi_drive(CURLM *multi, int turns)
{
	int running = 0;

	do {
		require(!curl_multi_perform(multi, &running), "curl_multi_perform");
		if (running)
			curl_multi_poll(multi, NULL, 0, 50, NULL);
	} while (running && --turns);
	return running;
}

int multi_collect(CURLM *multi)
{
	int ends[CURL_LAST] = {0}, left;
	const CURLMsg *message;

	while ((message = curl_multi_info_read(multi, &left))) {
		CURL *handle = message->easy_handle;

		require(message->msg == CURLMSG_DONE, "curl_multi_info_read");
		require(message->data.result < CURL_LAST, "a result");
		ends[message->data.result]++;
		curl_multi_remove_handle(multi, handle);
		curl_easy_cleanup(handle);
	}
	/* They end in any order. */
	for (int i = 1; i < CURL_LAST; i++)
		if (ends[i])
			printf("%d of result %d\n", ends[i], i);
	return ends[CURLE_OK];
}
