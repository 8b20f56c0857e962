import { terminalStates } from "../../../generated/states.js";
import { claimableStates } from "../task-rules.js";
import { mostBytes, type Script, script } from "./scripts.js";

const setOf = (names: Iterable<string>): string => `{ ${[...names].map((name) => `${name} = true`).join(", ")} }`;

/**
 * What scripts on tasks share. KEYS: heads; texts of tasks, requests and answers, each by id; ids by what asked for them;
 * places in the lists of all, by owner and by conversation; places by agent and by when they can be claimed; ids by when
 * they ended.
 *
 * A head is JSON of texts: `agent`, `owner`, `conversation`, `status`, `version`, `envelope`, `key`, `deadline_ms`, `held_by`,
 * `held_until_ms`, `created_ms`, `updated_ms`, `place`, which sorts the latest first, and `due`, which sorts those first that
 * can be claimed first. Members that are null are absent.
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
local function digitsOf(ms)
  return string.format('%016.0f', math.max(0, math.min(tonumber(ms), 9e15)))
end
local function waitingOf(agent, due, id)
  return agent .. '\0' .. due .. '\0' .. id
end
local function placesOf(id, head)
  local place = head.place .. '\0' .. id
  return { place, head.owner .. '\0' .. place, head.conversation .. '\0' .. place }
end
local function askedBy(head)
  local names, asker = {}, (head.agent or '') .. '\0' .. head.owner
  if head.envelope then names[1] = asker .. '\0envelope\0' .. head.envelope end
  if head.key then names[#names + 1] = asker .. '\0key\0' .. head.key end
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
  if head.due then redis.call('ZREM', waiting, waitingOf(head.agent, head.due, id)) end
  redis.call('ZREM', ended, id)
end
local function keep(id, head, now)
  local canWait = claimable[head.status] and head.agent
  head.due = canWait and digitsOf(head.held_until_ms or math.min(head.created_ms, now)) or nil
  redis.call('HSET', heads, id, cjson.encode(head))
  for i, place in ipairs(placesOf(id, head)) do redis.call('ZADD', KEYS[i + 5], 0, place) end
  for _, name in ipairs(askedBy(head)) do redis.call('HSET', asked, name, id) end
  if head.due then
    redis.call('ZADD', waiting, 0, waitingOf(head.agent, head.due, id))
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

/**
 * ARGV agent, holder, milliseconds, most tasks. Gives their rows. What is damaged is given too, and left alone for as long
 * as a lease.
 */
export const claimTasksScript = taskScript(String.raw`
local agent, now, steps = ARGV[1], nowMs(), {}
local later = digitsOf(now + ARGV[3])
checkTypes()
local low, high = '[' .. agent .. '\0', '(' .. agent .. '\0' .. digitsOf(now + 1)
local members = redis.call('ZRANGEBYLEX', waiting, low, high, 'LIMIT', 0, ARGV[4])
for i, member in ipairs(members) do
  local id = string.sub(member, #agent + 19)
  local row = rowOf(id)
  local isWhole, head = pcall(cjson.decode, row[2])
  isWhole = isWhole and type(head) == 'table' and type(head.owner) == 'string' and tonumber(head.version) and row[3]
  local isFree = not isWhole or (claimable[head.status] and tonumber(head.held_until_ms or 0) <= now)
  if isWhole and isFree then
    nextVersion(head)
    lease(head, ARGV[2], ARGV[3], now)
    head.due = later
    row[2] = cjson.encode(head)
  end
  steps[i] = { member, row, isWhole, isFree }
end
local given = {}
for _, step in ipairs(steps) do
  local member, row, isWhole, isFree = unpack(step)
  redis.call('ZREM', waiting, member)
  if isFree then
    if isWhole then redis.call('HSET', heads, row[1], row[2]) end
    redis.call('ZADD', waiting, 0, waitingOf(agent, later, row[1]))
    given[#given + 1] = row
  end
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
 * ARGV number of an index, lowest and highest place, most rows, most members, JSON of `status`, `agent`,
 * `owner` and `conversation` that are wanted. Gives the last member that was looked at, whether there may be more, and the rows.
 */
export const pageOfTasksScript = taskScript(`
local most, filter, rows, size = tonumber(ARGV[4]), cjson.decode(ARGV[6]), {}, 0
local members = redis.call('ZRANGEBYLEX', KEYS[tonumber(ARGV[1])], ARGV[2], ARGV[3], 'LIMIT', 0, ARGV[5])
for _, member in ipairs(members) do
  local id = string.match(member, '^.*%z(.*)$')
  local head = headOf(id)
  local fits = (not filter.status or filter.status[head.status])
    and (not filter.agent or filter.agent == (head.agent or ''))
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
