# SPDX-License-Identifier: Apache-2.0
# R's curl: in memory, and many at once.
library(curl)

handle <- function() {
  new_handle(cainfo = Sys.getenv("CA"), httpheader = "X-A: 1")
}

at <- function(server, path) paste0(server, path)
nginx <- paste0("https://", Sys.getenv("NGINX_TLS"))
own <- paste0("http://", Sys.getenv("HTTP"))

for (url in c(at(nginx, "/ok"), at(own, "/404"), at(own, "/redir?to=/ok"))) {
  answer <- curl_fetch_memory(url, handle = handle())
  cat(answer$status_code, length(answer$content), "\n")
}
tried <- try(curl_fetch_memory(at(own, "/close"), handle = handle()), silent = TRUE)
cat(class(tried), "\n")

pool <- new_pool()
codes <- c()
for (number in 1:3) {
  curl_fetch_multi(paste0(nginx, "/ok?m=", number), pool = pool, handle = handle(),
    done = function(answer) codes <<- c(codes, answer$status_code))
}
ended <- multi_run(pool = pool)
cat(ended$success, ended$error, ended$pending, codes, "\n")
