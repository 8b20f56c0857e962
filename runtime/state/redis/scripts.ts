import { createHash } from "node:crypto";
import { terminalStates } from "../../../generated/states.js";
import { claimableStates } from "../task-rules.js";

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

const script = (...parts: readonly string[]): Script => {
  const text = parts.join("");
  return { text, sha: createHash("sha1").update(text).digest("hex") };
};

/** Most bytes of rows that one answer holds, beside the last row. */
const mostBytes = 4_194_304;

/** Most members of an index that are looked at, or records that are deleted, in one go. */
export const stride = 1_000;

/** KEYS layout; ARGV layout that is known. Gives the layout that is there, the known one where there was none. */
export const layoutScript = script(`
local found = redis.call('GET', KEYS[1])
if found then return found end
redis.call('SET', KEYS[1], ARGV[1])
return ARGV[1]
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

const setOf = (names: Iterable<string>): string => `{ ${[...names].map((name) => `${name} = true`).join(", ")} }`;

/**
 * What scripts on tasks share. KEYS: heads; texts of tasks, requests and answers, each by id; ids by what asked for them;
 * places in the lists of all, by owner and by conversation; ids by when they can be claimed and by when they ended.
 *
 * A head is JSON of texts: `owner`, `conversation`, `status`, `version`, `envelope`, `key`, `deadline_ms`, `held_by`,
 * `held_until_ms`, `created_ms`, `updated_ms`, and `place`, which sorts the latest first. Members that are null are absent.
 */
const tasksLua = `
local heads, asked, waiting, ended = KEYS[1], KEYS[5], KEYS[9], KEYS[10]
local claimable, terminal = ${setOf(claimableStates)}, ${setOf(terminalStates)}
${String.raw`
local function nowMs()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function headOf(id)
  local text = redis.call('HGET', heads, id)
  return text and cjson.decode(text)
end
local function rowOf(id)
  local row = { id }
  for i = 1, 4 do row[i + 1] = redis.call('HGET', KEYS[i], id) end
  return row
end
local function checkTypes()
  for i = 1, 5 do redis.call('HLEN', KEYS[i]) end
  for i = 6, 10 do redis.call('ZCARD', KEYS[i]) end
end
local function placesOf(id, head)
  local place = head.place .. '\0' .. id
  return { place, head.owner .. '\0' .. place, head.conversation .. '\0' .. place }
end
local function askedBy(head)
  local names = {}
  if head.envelope then names[1] = head.owner .. '\0envelope\0' .. head.envelope end
  if head.key then names[#names + 1] = head.owner .. '\0key\0' .. head.key end
  return names
end
local function lease(head, holder, forMs, now)
  head.held_by = holder
  head.held_until_ms = string.format('%.0f', now + forMs)
end
local function nextVersion(head)
  head.version = string.format('%.0f', head.version + 1)
end
local function drop(id, head)
  for i, place in ipairs(placesOf(id, head)) do redis.call('ZREM', KEYS[i + 5], place) end
  for _, name in ipairs(askedBy(head)) do
    if redis.call('HGET', asked, name) == id then redis.call('HDEL', asked, name) end
  end
  redis.call('ZREM', waiting, id)
  redis.call('ZREM', ended, id)
end
local function keep(id, head, now)
  redis.call('HSET', heads, id, cjson.encode(head))
  for i, place in ipairs(placesOf(id, head)) do redis.call('ZADD', KEYS[i + 5], 0, place) end
  for _, name in ipairs(askedBy(head)) do redis.call('HSET', asked, name, id) end
  if claimable[head.status] then
    redis.call('ZADD', waiting, head.held_until_ms or math.min(head.created_ms, now), id)
  elseif terminal[head.status] then
    redis.call('ZADD', ended, head.updated_ms, id)
  end
end
local function saveTexts(id, from)
  for i = from, #ARGV, 2 do redis.call('HSET', KEYS[tonumber(ARGV[i])], id, ARGV[i + 1]) end
end
`}`;
const taskScript = (body: string): Script => script(tasksLua, body);

/**
 * ARGV id, head, holder and milliseconds of a lease or two empty texts, then numbers of keys and texts in turn. Gives
 * `exists` and the row that is there, `taken`, or `created` and the end of the lease.
 */
export const createTaskScript = taskScript(`
local id, head, now = ARGV[1], cjson.decode(ARGV[2]), nowMs()
for _, name in ipairs(askedBy(head)) do
  local known = redis.call('HGET', asked, name)
  if known then return { 'exists', rowOf(known) } end
end
if redis.call('HEXISTS', heads, id) == 1 then return { 'taken', false } end
checkTypes()
if ARGV[4] ~= '' then lease(head, ARGV[3], ARGV[4], now) end
keep(id, head, now)
saveTexts(id, 5)
return { 'created', head.held_until_ms or false }
`);

/** ARGV id. Gives the row. */
export const getTaskScript = taskScript(`
return redis.call('HEXISTS', heads, ARGV[1]) == 1 and rowOf(ARGV[1])
`);

/** ARGV head with what asked for a task. Gives the row. */
export const findTaskScript = taskScript(`
for _, name in ipairs(askedBy(cjson.decode(ARGV[1]))) do
  local id = redis.call('HGET', asked, name)
  if id then return rowOf(id) end
end
return false
`);

/**
 * ARGV id, version, JSON of `from` (states it may be in) and `head` (what changes of it) or an empty text, what is done
 * with the lease (`stay`, `drop`, `take`), its holder and milliseconds, `drop` to forget the request, then numbers of
 * keys and texts in turn. Gives nothing where the version is another, `illegal` and the state, or `changed` and the row.
 */
export const changeTaskScript = taskScript(`
local id = ARGV[1]
local head = headOf(id)
if not head or tonumber(head.version) ~= tonumber(ARGV[2]) then return false end
local change = ARGV[3] ~= '' and cjson.decode(ARGV[3])
if change and not change.from[head.status] then return { 'illegal', head.status } end
checkTypes()
drop(id, head)
if change then
  for name, value in pairs(change.head) do head[name] = value end
end
local now = nowMs()
if ARGV[4] == 'take' then lease(head, ARGV[5], ARGV[6], now) end
if ARGV[4] == 'drop' then head.held_by, head.held_until_ms = nil, nil end
nextVersion(head)
keep(id, head, now)
if ARGV[7] == 'drop' then redis.call('HDEL', KEYS[3], id) end
saveTexts(id, 8)
return { 'changed', rowOf(id) }
`);

/** ARGV holder, milliseconds, most tasks. Gives their rows. */
export const claimTasksScript = taskScript(`
local now, claimed, given = nowMs(), {}, {}
checkTypes()
for i, id in ipairs(redis.call('ZRANGEBYSCORE', waiting, '-inf', now, 'LIMIT', 0, ARGV[3])) do
  local row = rowOf(id)
  local head = cjson.decode(row[2])
  if not row[3] then error('a task is gone') end
  nextVersion(head)
  lease(head, ARGV[1], ARGV[2], now)
  row[2] = cjson.encode(head)
  claimed[i], given[i] = head, row
end
for i, row in ipairs(given) do
  redis.call('HSET', heads, row[1], row[2])
  redis.call('ZADD', waiting, claimed[i].held_until_ms, row[1])
end
return given
`);

/** ARGV id, head, then numbers of keys and texts in turn. Gives 0 where another task was asked for in the same way. */
export const putTaskScript = taskScript(`
local id, head = ARGV[1], cjson.decode(ARGV[2])
local old = headOf(id)
checkTypes()
for _, name in ipairs(askedBy(head)) do if (redis.call('HGET', asked, name) or id) ~= id then return 0 end end
if old then drop(id, old) end
for i = 2, 4 do redis.call('HDEL', KEYS[i], id) end
keep(id, head, nowMs())
saveTexts(id, 3)
return 1
`);

/**
 * ARGV number of an index, lowest and highest place, most rows, most members, JSON of `status`, `owner` and
 * `conversation` that are wanted. Gives the last member that was looked at, whether there may be more, and the rows.
 */
export const pageOfTasksScript = taskScript(`
local most, filter, rows, size = tonumber(ARGV[4]), cjson.decode(ARGV[6]), {}, 0
local members = redis.call('ZRANGEBYLEX', KEYS[tonumber(ARGV[1])], ARGV[2], ARGV[3], 'LIMIT', 0, ARGV[5])
for _, member in ipairs(members) do
  local id = string.match(member, '^.*%z(.*)$')
  local head = headOf(id)
  local fits = (not filter.status or filter.status[head.status])
    and (not filter.owner or filter.owner == head.owner)
    and (not filter.conversation or filter.conversation == head.conversation)
  if fits then
    local row = rowOf(id)
    rows[#rows + 1] = row
    for i = 2, 5 do size = size + (row[i] and #row[i] or 0) end
    if #rows == most or size > ${mostBytes} then return { member, 1, rows } end
  end
end
return { members[#members] or '', #members == tonumber(ARGV[5]) and 1 or 0, rows }
`);

/** ARGV moment, most tasks. Gives how many were deleted. */
export const purgeTasksScript = taskScript(`
local old = {}
checkTypes()
for _, id in ipairs(redis.call('ZRANGEBYSCORE', ended, '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])) do
  old[#old + 1] = { id, headOf(id) }
end
for _, each in ipairs(old) do placesOf(each[1], each[2]) end
for _, each in ipairs(old) do
  drop(each[1], each[2])
  for i = 1, 4 do redis.call('HDEL', KEYS[i], each[1]) end
end
return #old
`);
