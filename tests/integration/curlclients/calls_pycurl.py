# SPDX-License-Identifier: Apache-2.0
"""The ways to libcurl in Python: one by one, and many at once."""

import io
import os

import pycurl


def opened(path, server="NGINX_TLS", scheme="https"):
    handle = pycurl.Curl()
    handle.body = io.BytesIO()
    handle.setopt(pycurl.URL, f"{scheme}://{os.environ[server]}{path}")
    handle.setopt(pycurl.CAINFO, os.environ["CA"])
    handle.setopt(pycurl.PROXY, "")
    handle.setopt(pycurl.HTTPHEADER, ["X-A: 1"])
    handle.setopt(pycurl.WRITEFUNCTION, handle.body.write)
    return handle


def told(handle):
    print(handle.getinfo(pycurl.RESPONSE_CODE), len(handle.body.getvalue()))


def main():
    handle = opened("/ok?n=1")
    handle.perform()
    told(handle)
    handle.setopt(pycurl.HTTPHEADER, ["X-B: 2"])
    handle.setopt(pycurl.POSTFIELDS, "a=1")
    handle.setopt(pycurl.URL, f"http://{os.environ['HTTP']}/upload")
    handle.perform()
    told(handle)
    handle.close()
    handle = opened("/moved", "APACHE", "http")
    handle.setopt(pycurl.FOLLOWLOCATION, 1)
    handle.perform()
    told(handle)
    handle = opened("/", "HTTP", "http")
    handle.setopt(pycurl.URL, "http://127.0.0.1:1/")
    try:
        handle.perform()
    except pycurl.error as error:
        print(error.args[0])

    multi = pycurl.CurlMulti()
    handles = [opened(f"/ok?m={number}") for number in range(4)]
    for each in handles:
        multi.add_handle(each)
    running = len(handles)
    while running:
        _, running = multi.perform()
        multi.select(0.5)
    _, good, bad = multi.info_read()
    print(len(good), len(bad))
    for each in handles:
        told(each)
        multi.remove_handle(each)


main()
