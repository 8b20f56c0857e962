// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.conversation_id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "conversation_id"}, "must have required property '"+"conversation_id"+"'");
errors++;
}
if(data.skill_id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "skill_id"}, "must have required property '"+"skill_id"+"'");
errors++;
}
if(data.input === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "input"}, "must have required property '"+"input"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!(((((key0 === "conversation_id") || (key0 === "parent_task_id")) || (key0 === "skill_id")) || (key0 === "input")) || (key0 === "config"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.conversation_id !== undefined){
if(typeof data.conversation_id !== "string"){
vErrors = fault(vErrors, instancePath+"/conversation_id", "#/properties/conversation_id/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.parent_task_id !== undefined){
let data1 = data.parent_task_id;
if((typeof data1 !== "string") && (data1 !== null)){
vErrors = fault(vErrors, instancePath+"/parent_task_id", "#/properties/parent_task_id/type", "type", {type: ["string","null"]}, "must be string,null");
errors++;
}
}
if(data.skill_id !== undefined){
if(typeof data.skill_id !== "string"){
vErrors = fault(vErrors, instancePath+"/skill_id", "#/properties/skill_id/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.input !== undefined){
let data3 = data.input;
if(!(data3 && typeof data3 == "object" && !Array.isArray(data3))){
vErrors = fault(vErrors, instancePath+"/input", "#/properties/input/type", "type", {type: "object"}, "must be object");
errors++;
}
}
if(data.config !== undefined){
let data4 = data.config;
if((!(data4 && typeof data4 == "object" && !Array.isArray(data4))) && (data4 !== null)){
vErrors = fault(vErrors, instancePath+"/config", "#/properties/config/type", "type", {type: ["object","null"]}, "must be object,null");
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

export const validateTaskRequest = /* @__PURE__ */ face("TaskRequest", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
