import { createHash } from "node:crypto";

/**
 * The Lua that runs on the server: whatever takes more than one command, so that it is done as one. A script gets every
 * key it touches as one of its KEYS, reads before it writes, and does not write at all where a key holds another type.
 * Ids hold no NUL, so members of indexes join them by one, and compare as their parts do.
 */

/** A script and the digest that the server knows it by. */
export interface Script {
  readonly text: string;
  /** SHA-1 in hexadecimal. */
  readonly sha: string;
}

/** Makes a script of parts. */
export const script = (...parts: readonly string[]): Script => {
  const text = parts.join("");
  return { text, sha: createHash("sha1").update(text).digest("hex") };
};

/** Most bytes of rows that one answer holds, beside the last row. */
export const mostBytes = 4_194_304;

/** Most members of an index that are looked at, or records that are deleted, in one go. */
export const stride = 1_000;

/**
 * KEYS layout and the indexes of tasks that layout 1 had without agents; ARGV layout that is known. Gives the layout that is
 * there, the known one where there was none. Tasks of layout 1 stay as tasks of no agent.
 */
export const layoutScript = script(`
local found = redis.call('GET', KEYS[1])
if found and found ~= '1' then return found end
if found then redis.call('UNLINK', KEYS[2], KEYS[3]) end
redis.call('SET', KEYS[1], ARGV[1])
return ARGV[1]
`);

/** KEYS layout. Gives the layout that is there. */
export const foundLayoutScript = script(`
return redis.call('GET', KEYS[1])
`);

/** KEYS nonce; ARGV milliseconds. Gives 1 where it was new. */
export const nonceScript = script(`
return redis.call('SET', KEYS[1], '', 'NX', 'PX', ARGV[1]) and 1 or 0
`);

/** KEYS rows, order; ARGV members and rows in turn. */
export const saveSnapshotsScript = script(`
redis.call('ZCARD', KEYS[2])
for i = 1, #ARGV, 2 do
  redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  redis.call('ZADD', KEYS[2], 0, ARGV[i])
end
return 1
`);

/**
 * KEYS rows, order; ARGV lowest and highest places in turn. Gives for each the last member between them and its row, for
 * the first ones at least.
 */
export const lastSnapshotsScript = script(`
local found, size = {}, 0
for i = 1, #ARGV, 2 do
  local last = redis.call('ZREVRANGEBYLEX', KEYS[2], ARGV[i + 1], ARGV[i], 'LIMIT', 0, 1)[1]
  local row = last and redis.call('HGET', KEYS[1], last)
  found[#found + 1] = last and { last, row } or false
  size = size + (row and #row or 0)
  if size > ${mostBytes} then break end
end
return found
`);

/** KEYS order; ARGV lowest and highest place. Gives the members between them. */
export const membersScript = script(`
return redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], ARGV[2])
`);

/** KEYS rows, order; ARGV lowest and highest place. Gives how many rows were deleted. */
export const deleteSnapshotsScript = script(`
redis.call('HLEN', KEYS[1])
local members = redis.call('ZRANGEBYLEX', KEYS[2], ARGV[1], ARGV[2])
for _, member in ipairs(members) do
  redis.call('HDEL', KEYS[1], member)
  redis.call('ZREM', KEYS[2], member)
end
return #members
`);

/**
 * KEYS rows, order; ARGV lowest and highest place, most rows. Gives the last member that was looked at, whether there may
 * be more, and members and their rows in turn.
 */
export const pageOfSnapshotsScript = script(`
local found, size = {}, 0
local members = redis.call('ZRANGEBYLEX', KEYS[2], ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3])
for _, member in ipairs(members) do
  local row = redis.call('HGET', KEYS[1], member)
  found[#found + 1] = member
  found[#found + 1] = row
  size = size + (row and #row or 0)
  if size > ${mostBytes} then return { member, 1, found } end
end
return { members[#members] or '', 0, found }
`);

/** What scripts on records of use share. Rows are JSON texts of events, by id. */
const usageLua = String.raw`
local rows = KEYS[1]
local function eventOf(id)
  return cjson.decode(redis.call('HGET', rows, id))
end
local function idIn(member)
  return string.match(member, '^.*%z(.*)$')
end
local function placesOf(id, event)
  local place = event.timestamp .. '\0' .. id
  return {
    place,
    event.agent_id .. '\0' .. place,
    event.task_id .. '\0' .. place,
    event.consumer_id .. '\0' .. place
  }
end
local function fits(event, filter)
  for name, wanted in pairs(filter) do
    if event[name] ~= wanted then return false end
  end
  return true
end
`;
const usageScript = (body: string): Script => script(usageLua, body);

/** KEYS rows and the indexes by time, agent, task and consumer; ARGV JSON list of ids with their rows. */
export const putUsageScript = usageScript(`
local added, old = {}, {}
for i = 2, 5 do redis.call('ZCARD', KEYS[i]) end
for _, each in ipairs(cjson.decode(ARGV[1])) do
  local id, row = each[1], each[2]
  added[#added + 1] = { id, row, placesOf(id, cjson.decode(row)) }
  if redis.call('HEXISTS', rows, id) == 1 then old[#old + 1] = placesOf(id, eventOf(id)) end
end
for _, places in ipairs(old) do
  for i, place in ipairs(places) do redis.call('ZREM', KEYS[i + 1], place) end
end
for _, each in ipairs(added) do
  redis.call('HSET', rows, each[1], each[2])
  for i, place in ipairs(each[3]) do redis.call('ZADD', KEYS[i + 1], 0, place) end
end
return 1
`);

/**
 * KEYS rows, an index; ARGV lowest and highest place, most rows, most members, JSON object of members that an event must
 * have. Gives the last member that was looked at, whether there may be more, and ids and rows in turn.
 */
export const pageOfUsageScript = usageScript(`
local most, filter, found = tonumber(ARGV[3]), cjson.decode(ARGV[5]), {}
local members = redis.call('ZRANGEBYLEX', KEYS[2], ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[4])
for i, member in ipairs(members) do
  local id = idIn(member)
  if not next(filter) or fits(eventOf(id), filter) then
    found[#found + 1] = id
    found[#found + 1] = redis.call('HGET', rows, id)
    if #found == 2 * most then return { member, 1, found } end
  end
end
return { members[#members] or '', #members == tonumber(ARGV[4]) and 1 or 0, found }
`);

/**
 * KEYS and ARGV as for a page, without most rows. Gives the last member that was looked at, whether there may be more,
 * and as texts how many events fit and their tokens, milliseconds and calls.
 */
export const sumOfUsageScript = usageScript(`
local filter, count, tokens, duration, calls = cjson.decode(ARGV[4]), 0, 0, 0, 0
local members = redis.call('ZRANGEBYLEX', KEYS[2], ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3])
for _, member in ipairs(members) do
  local event = eventOf(idIn(member))
  if fits(event, filter) then
    local metrics = event.metrics
    count = count + 1
    tokens = tokens + (metrics.tokens_in + metrics.tokens_out)
    duration = duration + metrics.duration_ms
    calls = calls + metrics.api_calls
  end
end
local sums = {}
for i, sum in ipairs({ count, tokens, duration, calls }) do sums[i] = string.format('%.17g', sum) end
return { members[#members] or '', #members == tonumber(ARGV[3]) and 1 or 0, sums }
`);

/** KEYS as for putting; ARGV highest place in the index by time, most records. Gives how many were deleted. */
export const purgeUsageScript = usageScript(`
local old = {}
for i = 2, 5 do redis.call('ZCARD', KEYS[i]) end
for _, member in ipairs(redis.call('ZRANGEBYLEX', KEYS[2], '-', ARGV[1], 'LIMIT', 0, ARGV[2])) do
  local id = idIn(member)
  old[#old + 1] = { id, placesOf(id, eventOf(id)) }
end
for _, each in ipairs(old) do
  redis.call('HDEL', rows, each[1])
  for i, place in ipairs(each[2]) do redis.call('ZREM', KEYS[i + 1], place) end
end
return #old
`);
