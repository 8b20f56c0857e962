// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.jsonrpc === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "jsonrpc"}, "must have required property '"+"jsonrpc"+"'");
errors++;
}
if(data.method === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "method"}, "must have required property '"+"method"+"'");
errors++;
}
if(data.params === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "params"}, "must have required property '"+"params"+"'");
errors++;
}
if(data.id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "id"}, "must have required property '"+"id"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((((key0 === "jsonrpc") || (key0 === "method")) || (key0 === "params")) || (key0 === "id"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.jsonrpc !== undefined){
if("2.0" !== data.jsonrpc){
vErrors = fault(vErrors, instancePath+"/jsonrpc", "#/properties/jsonrpc/const", "const", {allowedValue: "2.0"}, "must be equal to constant");
errors++;
}
}
if(data.method !== undefined){
if(typeof data.method !== "string"){
vErrors = fault(vErrors, instancePath+"/method", "#/properties/method/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.params !== undefined){
let data2 = data.params;
if(!(data2 && typeof data2 == "object" && !Array.isArray(data2))){
vErrors = fault(vErrors, instancePath+"/params", "#/properties/params/type", "type", {type: "object"}, "must be object");
errors++;
}
}
if(data.id !== undefined){
let data3 = data.id;
if((typeof data3 !== "string") && (!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3))))){
vErrors = fault(vErrors, instancePath+"/id", "JsonRpcId/type", "type", {type: ["string","integer"]}, "must be string,integer");
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

export const validateJsonRpcRequest = /* @__PURE__ */ face("JsonRpcRequest", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
