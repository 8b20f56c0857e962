// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(errors > 999)break;
if(!(((((key0 === "asap_version") || (key0 === "skills")) || (key0 === "state_persistence")) || (key0 === "streaming")) || (key0 === "mcp_tools"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.asap_version !== undefined){
if(typeof data.asap_version !== "string"){
vErrors = fault(vErrors, instancePath+"/asap_version", "#/properties/asap_version/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.skills !== undefined){
let data1 = data.skills;
if(Array.isArray(data1)){
const len0 = data1.length;
for(let i0=0; i0<len0 && errors < 1000; i0++){
let data2 = data1[i0];
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.id === undefined){
vErrors = fault(vErrors, instancePath+"/skills/" + i0, "Skill/required", "required", {missingProperty: "id"}, "must have required property '"+"id"+"'");
errors++;
}
if(data2.description === undefined){
vErrors = fault(vErrors, instancePath+"/skills/" + i0, "Skill/required", "required", {missingProperty: "description"}, "must have required property '"+"description"+"'");
errors++;
}
for(const key1 in data2){
if(errors > 999)break;
if(!((((key1 === "id") || (key1 === "description")) || (key1 === "input_schema")) || (key1 === "output_schema"))){
vErrors = fault(vErrors, instancePath+"/skills/" + i0, "Skill/additionalProperties", "additionalProperties", {additionalProperty: key1}, "must NOT have additional properties");
errors++;
}
}
if(data2.id !== undefined){
if(typeof data2.id !== "string"){
vErrors = fault(vErrors, instancePath+"/skills/" + i0+"/id", "Skill/properties/id/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data2.description !== undefined){
if(typeof data2.description !== "string"){
vErrors = fault(vErrors, instancePath+"/skills/" + i0+"/description", "Skill/properties/description/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data2.input_schema !== undefined){
let data5 = data2.input_schema;
if((!(data5 && typeof data5 == "object" && !Array.isArray(data5))) && (data5 !== null)){
vErrors = fault(vErrors, instancePath+"/skills/" + i0+"/input_schema", "Skill/properties/input_schema/type", "type", {type: ["object","null"]}, "must be object,null");
errors++;
}
}
if(data2.output_schema !== undefined){
let data6 = data2.output_schema;
if((!(data6 && typeof data6 == "object" && !Array.isArray(data6))) && (data6 !== null)){
vErrors = fault(vErrors, instancePath+"/skills/" + i0+"/output_schema", "Skill/properties/output_schema/type", "type", {type: ["object","null"]}, "must be object,null");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/skills/" + i0, "Skill/type", "type", {type: "object"}, "must be object");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/skills", "#/properties/skills/type", "type", {type: "array"}, "must be array");
errors++;
}
}
if(data.state_persistence !== undefined){
if(typeof data.state_persistence !== "boolean"){
vErrors = fault(vErrors, instancePath+"/state_persistence", "#/properties/state_persistence/type", "type", {type: "boolean"}, "must be boolean");
errors++;
}
}
if(data.streaming !== undefined){
if(typeof data.streaming !== "boolean"){
vErrors = fault(vErrors, instancePath+"/streaming", "#/properties/streaming/type", "type", {type: "boolean"}, "must be boolean");
errors++;
}
}
if(data.mcp_tools !== undefined){
let data9 = data.mcp_tools;
if(Array.isArray(data9)){
const len1 = data9.length;
for(let i1=0; i1<len1 && errors < 1000; i1++){
if(typeof data9[i1] !== "string"){
vErrors = fault(vErrors, instancePath+"/mcp_tools/" + i1, "#/properties/mcp_tools/items/type", "type", {type: "string"}, "must be string");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/mcp_tools", "#/properties/mcp_tools/type", "type", {type: "array"}, "must be array");
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

export const validateCapability = /* @__PURE__ */ face("Capability", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
