# SPDX-License-Identifier: Apache-2.0
# ruby-pg: asynchronous by default, synchronous by name, prepared, COPY, errors, threads, a fork.
require "pg"

PLACE = { host: ENV["PGHOST"], port: ENV["PGPORT"], dbname: "shop", user: ENV["PGUSER"] }.freeze
db = PG.connect(PLACE)
puts db.exec("select 1 as one").getvalue(0, 0)
puts db.sync_exec("select 'two'").getvalue(0, 0)
puts db.exec_params("select $1::int + 1", [41]).getvalue(0, 0)
db.prepare("twice", "select $1::int * 2")
3.times { |i| puts db.exec_prepared("twice", [i]).getvalue(0, 0) }
db.sync_prepare("thrice", "select $1::int * 3")
puts db.sync_exec_prepared("thrice", [5]).getvalue(0, 0)
begin
  db.exec("select 1/0")
rescue PG::DivisionByZero => e
  puts e.result.error_field(PG::PG_DIAG_SQLSTATE)
end
db.transaction do |c|
  c.exec("create temp table t(i int, s text)")
  c.copy_data("copy t from stdin") { 4.times { |i| c.put_copy_data("#{i}\tcopied\n") } }
  c.copy_data("copy t to stdout") { while (row = c.get_copy_data) do print row end }
end
db.send_query("select generate_series(1, 5)")
db.set_single_row_mode
puts db.get_result.stream_each_row.map { |row| row[0].to_i }.sum
threads = (0...8).map do |i|
  Thread.new do
    PG.connect(PLACE) do |c|
      (0...20).map { |j| c.exec_params("select $1::int", [i * j]).getvalue(0, 0).to_i }.sum
    end
  end
end
puts threads.map(&:value).sum
child = fork { PG.connect(PLACE) { |c| exit!(c.exec("select 7").getvalue(0, 0).to_i) } }
Process.wait(child)
puts $?.exitstatus
db.close
puts Dir.children("/proc/self/fd").map(&:to_i).sort.join(" ")
