// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault, lengthOf } from "./faults.js";
const func0 = lengthOf;
const pattern0 = /* @__PURE__ */ new RegExp("^urn:asap:agent:[a-z0-9-]+(?::[a-z0-9-]+)?$", "u");
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.status === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "status"}, "must have required property '"+"status"+"'");
errors++;
}
if(data.agent_id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "agent_id"}, "must have required property '"+"agent_id"+"'");
errors++;
}
if(data.version === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "version"}, "must have required property '"+"version"+"'");
errors++;
}
if(data.uptime_seconds === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "uptime_seconds"}, "must have required property '"+"uptime_seconds"+"'");
errors++;
}
if(data.status !== undefined){
let data0 = data.status;
if(typeof data0 !== "string"){
vErrors = fault(vErrors, instancePath+"/status", "#/properties/status/type", "type", {type: "string"}, "must be string");
errors++;
}
if(!((data0 === "healthy") || (data0 === "unhealthy"))){
vErrors = fault(vErrors, instancePath+"/status", "#/properties/status/enum", "enum", {allowedValues: ["healthy","unhealthy"]}, "must be equal to one of the allowed values");
errors++;
}
}
if(data.agent_id !== undefined){
let data1 = data.agent_id;
if(typeof data1 === "string"){
if(data1.length > 256 && func0(data1) > 256){
vErrors = fault(vErrors, instancePath+"/agent_id", "AgentUrn/maxLength", "maxLength", {limit: 256}, "must NOT have more than 256 characters");
errors++;
}
if(!pattern0.test(data1)){
vErrors = fault(vErrors, instancePath+"/agent_id", "AgentUrn/pattern", "pattern", {pattern: "^urn:asap:agent:[a-z0-9-]+(?::[a-z0-9-]+)?$"}, "must match pattern \""+"^urn:asap:agent:[a-z0-9-]+(?::[a-z0-9-]+)?$"+"\"");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/agent_id", "AgentUrn/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.version !== undefined){
if(typeof data.version !== "string"){
vErrors = fault(vErrors, instancePath+"/version", "#/properties/version/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.asap_version !== undefined){
let data3 = data.asap_version;
if((typeof data3 !== "string") && (data3 !== null)){
vErrors = fault(vErrors, instancePath+"/asap_version", "#/properties/asap_version/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
}
if(data.uptime_seconds !== undefined){
let data4 = data.uptime_seconds;
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 < 0 || isNaN(data4)){
vErrors = fault(vErrors, instancePath+"/uptime_seconds", "#/properties/uptime_seconds/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/uptime_seconds", "#/properties/uptime_seconds/type", "type", {type: "number"}, "must be number");
errors++;
}
}
if(data.capabilities !== undefined){
let data5 = data.capabilities;
if(typeof data5 != "object"){
vErrors = fault(vErrors, instancePath+"/capabilities", "#/properties/capabilities/type", "type", {type: ["array","object","null"]}, "must be array,object,null");
errors++;
}
if(Array.isArray(data5)){
const len0 = data5.length;
for(let i0=0; i0<len0 && errors < 1000; i0++){
if(typeof data5[i0] !== "string"){
vErrors = fault(vErrors, instancePath+"/capabilities/" + i0, "#/properties/capabilities/items/type", "type", {type: "string"}, "must be string");
errors++;
}
}
}
}
if(data.load !== undefined){
let data7 = data.load;
if((!(data7 && typeof data7 == "object" && !Array.isArray(data7))) && (data7 !== null)){
vErrors = fault(vErrors, instancePath+"/load", "#/properties/load/type", "type", {type: ["object","null"]}, "must be object,null");
errors++;
}
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
if(data7.active_tasks === undefined){
vErrors = fault(vErrors, instancePath+"/load", "#/properties/load/required", "required", {missingProperty: "active_tasks"}, "must have required property '"+"active_tasks"+"'");
errors++;
}
if(data7.queue_depth === undefined){
vErrors = fault(vErrors, instancePath+"/load", "#/properties/load/required", "required", {missingProperty: "queue_depth"}, "must have required property '"+"queue_depth"+"'");
errors++;
}
if(data7.active_tasks !== undefined){
let data8 = data7.active_tasks;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
vErrors = fault(vErrors, instancePath+"/load/active_tasks", "#/properties/load/properties/active_tasks/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 < 0 || isNaN(data8)){
vErrors = fault(vErrors, instancePath+"/load/active_tasks", "#/properties/load/properties/active_tasks/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
if(data7.queue_depth !== undefined){
let data9 = data7.queue_depth;
if(!(((typeof data9 == "number") && (!(data9 % 1) && !isNaN(data9))) && (isFinite(data9)))){
vErrors = fault(vErrors, instancePath+"/load/queue_depth", "#/properties/load/properties/queue_depth/type", "type", {type: "integer"}, "must be integer");
errors++;
}
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 < 0 || isNaN(data9)){
vErrors = fault(vErrors, instancePath+"/load/queue_depth", "#/properties/load/properties/queue_depth/minimum", "minimum", {comparison: ">=", limit: 0}, "must be >= 0");
errors++;
}
}
}
}
}
}
else {
vErrors = fault(vErrors, instancePath, "#/type", "type", {type: "object"}, "must be object");
errors++;
}
validate0.errors = vErrors;
return errors === 0;
}

export const validateHealth = /* @__PURE__ */ face("Health", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
