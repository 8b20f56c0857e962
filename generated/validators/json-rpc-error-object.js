// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.code === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "code"}, "must have required property '"+"code"+"'");
errors++;
}
if(data.message === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "message"}, "must have required property '"+"message"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!(((key0 === "code") || (key0 === "message")) || (key0 === "data"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.code !== undefined){
let data0 = data.code;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
vErrors = fault(vErrors, instancePath+"/code", "#/properties/code/type", "type", {type: "integer"}, "must be integer");
errors++;
}
}
if(data.message !== undefined){
if(typeof data.message !== "string"){
vErrors = fault(vErrors, instancePath+"/message", "#/properties/message/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.data !== undefined){
let data2 = data.data;
if((!(data2 && typeof data2 == "object" && !Array.isArray(data2))) && (data2 !== null)){
vErrors = fault(vErrors, instancePath+"/data", "#/properties/data/type", "type", {type: ["object","null"]}, "must be object,null");
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

export const validateJsonRpcErrorObject = /* @__PURE__ */ face("JsonRpcErrorObject", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
