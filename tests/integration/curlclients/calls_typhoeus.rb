# frozen_string_literal: true

# SPDX-License-Identifier: Apache-2.0
# typhoeus, whose ethon calls libcurl by FFI: one by one, and many at once.
require 'typhoeus'

OPTIONS = { cainfo: ENV.fetch('CA'), headers: { 'X-A' => '1' } }.freeze

["https://#{ENV.fetch('NGINX_TLS')}/ok", "http://#{ENV.fetch('HTTP')}/404"].each do |url|
  answer = Typhoeus.get(url, **OPTIONS)
  puts "#{answer.code} #{answer.body.size}"
end
answer = Typhoeus.post("http://#{ENV.fetch('HTTP')}/upload", **OPTIONS, body: 'a=1')
puts "#{answer.code} #{answer.body}"

hydra = Typhoeus::Hydra.new
requests = (1..3).map do |number|
  Typhoeus::Request.new("https://#{ENV.fetch('NGINX_TLS')}/ok?m=#{number}", **OPTIONS)
end
requests.each { |each| hydra.queue(each) }
hydra.run
requests.each { |each| puts each.response.code }
