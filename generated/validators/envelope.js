// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault, keep, lengthOf } from "./faults.js";
const func0 = lengthOf;
const pattern0 = /* @__PURE__ */ new RegExp("^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)[Tt ](?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)?$", "u");
const pattern1 = /* @__PURE__ */ new RegExp("^urn:asap:agent:[a-z0-9-]+(?::[a-z0-9-]+)?$", "u");
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
const _errs1 = errors;
let valid0 = true;
const _errs2 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((data.payload_type === undefined) && (missing0 = "payload_type")){
errors++;
}
else {
if(data.payload_type !== undefined){
let data0 = data.payload_type;
if(!(((data0 === "TaskResponse") || (data0 === "McpToolResult")) || (data0 === "McpResourceData"))){
errors++;
}
}
}
}
var _valid0 = _errs2 === errors;
errors = _errs1;
vErrors = keep(vErrors, _errs1);
if(_valid0){
const _errs4 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.correlation_id === undefined){
vErrors = fault(vErrors, instancePath, "#/then/required", "required", {missingProperty: "correlation_id"}, "must have required property '"+"correlation_id"+"'");
errors++;
}
if(data.correlation_id !== undefined){
let data1 = data.correlation_id;
if(typeof data1 === "string"){
if(data1.length < 2 && func0(data1) < 1){
vErrors = fault(vErrors, instancePath+"/correlation_id", "#/then/properties/correlation_id/minLength", "minLength", {limit: 1}, "must NOT have fewer than 1 characters");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/correlation_id", "#/then/properties/correlation_id/type", "type", {type: "string"}, "must be string");
errors++;
}
}
}
var _valid0 = _errs4 === errors;
valid0 = _valid0;
}
if(!valid0){
vErrors = fault(vErrors, instancePath, "#/if", "if", {failingKeyword: "then"}, "must match \"then\" schema");
errors++;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.asap_version === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "asap_version"}, "must have required property '"+"asap_version"+"'");
errors++;
}
if(data.sender === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "sender"}, "must have required property '"+"sender"+"'");
errors++;
}
if(data.recipient === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "recipient"}, "must have required property '"+"recipient"+"'");
errors++;
}
if(data.payload_type === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "payload_type"}, "must have required property '"+"payload_type"+"'");
errors++;
}
if(data.payload === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "payload"}, "must have required property '"+"payload"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((key0 === "id" || key0 === "asap_version" || key0 === "timestamp" || key0 === "sender" || key0 === "recipient" || key0 === "payload_type" || key0 === "payload" || key0 === "correlation_id" || key0 === "trace_id" || key0 === "requires_ack" || key0 === "extensions"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.id !== undefined){
let data2 = data.id;
if((typeof data2 !== "string") && (data2 !== null)){
vErrors = fault(vErrors, instancePath+"/id", "#/properties/id/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
}
if(data.asap_version !== undefined){
if(typeof data.asap_version !== "string"){
vErrors = fault(vErrors, instancePath+"/asap_version", "#/properties/asap_version/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.timestamp !== undefined){
let data4 = data.timestamp;
if((typeof data4 !== "string") && (data4 !== null)){
vErrors = fault(vErrors, instancePath+"/timestamp", "#/properties/timestamp/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
if(typeof data4 === "string"){
if(!pattern0.test(data4)){
vErrors = fault(vErrors, instancePath+"/timestamp", "#/properties/timestamp/pattern", "pattern", {pattern: "^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)[Tt ](?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)?$"}, "must match pattern \""+"^(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)[Tt ](?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)?$"+"\"");
errors++;
}
}
}
if(data.sender !== undefined){
let data5 = data.sender;
if(typeof data5 === "string"){
if(data5.length > 256 && func0(data5) > 256){
vErrors = fault(vErrors, instancePath+"/sender", "AgentUrn/maxLength", "maxLength", {limit: 256}, "must NOT have more than 256 characters");
errors++;
}
if(!pattern1.test(data5)){
vErrors = fault(vErrors, instancePath+"/sender", "AgentUrn/pattern", "pattern", {pattern: "^urn:asap:agent:[a-z0-9-]+(?::[a-z0-9-]+)?$"}, "must match pattern \""+"^urn:asap:agent:[a-z0-9-]+(?::[a-z0-9-]+)?$"+"\"");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/sender", "AgentUrn/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.recipient !== undefined){
let data6 = data.recipient;
if(typeof data6 === "string"){
if(data6.length > 256 && func0(data6) > 256){
vErrors = fault(vErrors, instancePath+"/recipient", "AgentUrn/maxLength", "maxLength", {limit: 256}, "must NOT have more than 256 characters");
errors++;
}
if(!pattern1.test(data6)){
vErrors = fault(vErrors, instancePath+"/recipient", "AgentUrn/pattern", "pattern", {pattern: "^urn:asap:agent:[a-z0-9-]+(?::[a-z0-9-]+)?$"}, "must match pattern \""+"^urn:asap:agent:[a-z0-9-]+(?::[a-z0-9-]+)?$"+"\"");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath+"/recipient", "AgentUrn/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.payload_type !== undefined){
if(typeof data.payload_type !== "string"){
vErrors = fault(vErrors, instancePath+"/payload_type", "#/properties/payload_type/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.payload !== undefined){
let data8 = data.payload;
if(!(data8 && typeof data8 == "object" && !Array.isArray(data8))){
vErrors = fault(vErrors, instancePath+"/payload", "#/properties/payload/type", "type", {type: "object"}, "must be object");
errors++;
}
}
if(data.correlation_id !== undefined){
let data9 = data.correlation_id;
if((typeof data9 !== "string") && (data9 !== null)){
vErrors = fault(vErrors, instancePath+"/correlation_id", "#/properties/correlation_id/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
}
if(data.trace_id !== undefined){
let data10 = data.trace_id;
if((typeof data10 !== "string") && (data10 !== null)){
vErrors = fault(vErrors, instancePath+"/trace_id", "#/properties/trace_id/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
}
if(data.requires_ack !== undefined){
if(typeof data.requires_ack !== "boolean"){
vErrors = fault(vErrors, instancePath+"/requires_ack", "#/properties/requires_ack/type", "type", {type: "boolean"}, "must be boolean");
errors++;
}
}
if(data.extensions !== undefined){
let data12 = data.extensions;
if((!(data12 && typeof data12 == "object" && !Array.isArray(data12))) && (data12 !== null)){
vErrors = fault(vErrors, instancePath+"/extensions", "#/properties/extensions/type", "type", {type: ["object","null"]}, "must be object,null");
errors++;
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

export const validateEnvelope = /* @__PURE__ */ face("Envelope", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
