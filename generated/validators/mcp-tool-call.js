// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.request_id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "request_id"}, "must have required property '"+"request_id"+"'");
errors++;
}
if(data.tool_name === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "tool_name"}, "must have required property '"+"tool_name"+"'");
errors++;
}
if(data.arguments === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "arguments"}, "must have required property '"+"arguments"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((((key0 === "request_id") || (key0 === "tool_name")) || (key0 === "arguments")) || (key0 === "mcp_context"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.request_id !== undefined){
if(typeof data.request_id !== "string"){
vErrors = fault(vErrors, instancePath+"/request_id", "#/properties/request_id/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.tool_name !== undefined){
if(typeof data.tool_name !== "string"){
vErrors = fault(vErrors, instancePath+"/tool_name", "#/properties/tool_name/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.arguments !== undefined){
let data2 = data.arguments;
if(!(data2 && typeof data2 == "object" && !Array.isArray(data2))){
vErrors = fault(vErrors, instancePath+"/arguments", "#/properties/arguments/type", "type", {type: "object"}, "must be object");
errors++;
}
}
if(data.mcp_context !== undefined){
let data3 = data.mcp_context;
if((!(data3 && typeof data3 == "object" && !Array.isArray(data3))) && (data3 !== null)){
vErrors = fault(vErrors, instancePath+"/mcp_context", "#/properties/mcp_context/type", "type", {type: ["object","null"]}, "must be object,null");
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

export const validateMcpToolCall = /* @__PURE__ */ face("McpToolCall", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
