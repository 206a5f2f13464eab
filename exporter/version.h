/* SPDX-License-Identifier: Apache-2.0 */
/* What we call ourselves, and which semantic conventions we follow. */
#ifndef EXPORTER_VERSION_H
#define EXPORTER_VERSION_H

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0.0.0"
#endif

#define SCHEMA_URL "https://opentelemetry.io/schemas/1.44.0"

#endif
