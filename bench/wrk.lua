-- wrk -s wrk.lua URL -- REQUESTS RESULT [once]
-- Sends the requests of a file in turn (once: each of them once, then stops) and writes what came of it as JSON.
local ready, place, once = {}, 0, false

function init(args)
  once = args[3] == "once"
  for line in io.lines(args[1]) do
    local method, path, told, body = line:match("([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)")
    local headers = {}
    for name, value in told:gmatch("([^|:]+): ([^|]*)") do headers[name] = value end
    ready[#ready + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
  end
  result = args[2]
end

function request()
  place = place + 1
  if place > #ready then
    if once then wrk.thread:stop() end
    place = 1
  end
  return ready[place]
end

function setup(thread)
  one = thread  -- the bench uses a single thread
end

function done(summary, latency, requests)
  local errors = summary.errors
  local file = io.open(one:get("result"), "w")
  file:write(string.format(
    '{"requests": %d, "seconds": %.6f, "p50_ms": %.3f, "p99_ms": %.3f, "max_ms": %.3f, "broken": %d, "refused": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    latency.max / 1e3, errors.connect + errors.read + errors.write + errors.timeout, errors.status))
  file:close()
end
