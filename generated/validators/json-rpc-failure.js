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
if(data.error === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "error"}, "must have required property '"+"error"+"'");
errors++;
}
if(data.id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "id"}, "must have required property '"+"id"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!(((key0 === "jsonrpc") || (key0 === "error")) || (key0 === "id"))){
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
if(data.error !== undefined){
let data1 = data.error;
if(data1 && typeof data1 == "object" && !Array.isArray(data1)){
if(data1.code === undefined){
vErrors = fault(vErrors, instancePath+"/error", "JsonRpcErrorObject/required", "required", {missingProperty: "code"}, "must have required property '"+"code"+"'");
errors++;
}
if(data1.message === undefined){
vErrors = fault(vErrors, instancePath+"/error", "JsonRpcErrorObject/required", "required", {missingProperty: "message"}, "must have required property '"+"message"+"'");
errors++;
}
for(const key1 in data1){
if(errors > 999)break;
if(!(((key1 === "code") || (key1 === "message")) || (key1 === "data"))){
vErrors = fault(vErrors, instancePath+"/error", "JsonRpcErrorObject/additionalProperties", "additionalProperties", {additionalProperty: key1}, "must NOT have additional properties");
errors++;
}
}
if(data1.code !== undefined){
let data2 = data1.code;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
vErrors = fault(vErrors, instancePath+"/error/code", "JsonRpcErrorObject/properties/code/type", "type", {type: "integer"}, "must be integer");
errors++;
}
}
if(data1.message !== undefined){
if(typeof data1.message !== "string"){
vErrors = fault(vErrors, instancePath+"/error/message", "JsonRpcErrorObject/properties/message/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data1.data !== undefined){
let data4 = data1.data;
if((!(data4 && typeof data4 == "object" && !Array.isArray(data4))) && (data4 !== null)){
vErrors = fault(vErrors, instancePath+"/error/data", "JsonRpcErrorObject/properties/data/type", "type", {type: ["object","null"]}, "must be object,null");
errors++;
}
}
}
else {
vErrors = fault(vErrors, instancePath+"/error", "JsonRpcErrorObject/type", "type", {type: "object"}, "must be object");
errors++;
}
}
if(data.id !== undefined){
let data5 = data.id;
if(((typeof data5 !== "string") && (!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5))))) && (data5 !== null)){
vErrors = fault(vErrors, instancePath+"/id", "#/properties/id/type", "type", {type: ["string","integer","null"]}, "must be string,integer,null");
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

export const validateJsonRpcFailure = /* @__PURE__ */ face("JsonRpcFailure", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
