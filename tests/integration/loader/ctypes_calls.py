# SPDX-License-Identifier: Apache-2.0
"""libpq by hand: through ctypes, whose calls come from libffi."""
import ctypes
import sys


def query(pq, sql):
    pq.PQconnectdb.restype = pq.PQexec.restype = ctypes.c_void_p
    pq.PQgetvalue.restype = ctypes.c_char_p
    db = ctypes.c_void_p(pq.PQconnectdb(b""))
    result = ctypes.c_void_p(pq.PQexec(db, sql))
    print(pq.PQgetvalue(result, 0, 0))
    pq.PQclear(result)
    pq.PQfinish(db)


program = ctypes.CDLL(None)
print(hasattr(program, "PQexec"), hasattr(program, "PQgetvalue"))
for path in sys.argv[1:]:
    query(ctypes.CDLL(path), b"select 'ctypes'")
print(hasattr(program, "PQexec"), hasattr(program, "PQgetvalue"))
ctypes.CDLL(sys.argv[1], ctypes.RTLD_GLOBAL)
print(hasattr(program, "PQexec"), hasattr(program, "PQgetvalue"))
query(program, b"select 'global'")
