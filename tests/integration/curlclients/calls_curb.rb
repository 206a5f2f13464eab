# frozen_string_literal: true

# SPDX-License-Identifier: Apache-2.0
# curb: easy handles, which are driven by a multi of their own, and a multi.
require 'curb'

def opened(url)
  Curl::Easy.new(url) do |handle|
    handle.cacert = ENV.fetch('CA')
    handle.headers['X-A'] = '1'
  end
end

["https://#{ENV.fetch('NGINX_TLS')}/ok", "http://#{ENV.fetch('HTTP')}/404"].each do |url|
  handle = opened(url)
  handle.perform
  puts "#{handle.response_code} #{handle.body_str.size}"
end

handle = opened("http://#{ENV.fetch('HTTP')}/upload")
handle.http_post('a=1')
puts "#{handle.response_code} #{handle.body_str}"

multi = Curl::Multi.new
handles = (1..3).map { |number| opened("https://#{ENV.fetch('NGINX_TLS')}/ok?m=#{number}") }
handles.each { |each| multi.add(each) }
multi.perform
handles.each { |each| puts each.response_code }
