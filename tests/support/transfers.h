/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that calls the scripted libcurl through our hooks, which are part of it. Include
 * tests/support/test.h first.
 */
#ifndef TESTS_SUPPORT_TRANSFERS_H
#define TESTS_SUPPORT_TRANSFERS_H

#include "call/transfer.h"
#include "hooks/libcurl.h"
#include "tests/support/scripted_libcurl.h"
#include "tests/support/traced.h"

/* Begins tracing into traced_area() with what the settings' defaults say. */
void transfers_begin(void);

/* A handle of curl_easy_init, which will answer 200; @handle is its memory. */
struct curl_easy *transfers_handle(struct curl_easy *handle, const char *url);

/* What the last request of @handle had as its traceparent's span id is the last span's. */
bool transfers_sent_last(const struct curl_easy *handle);

#endif
