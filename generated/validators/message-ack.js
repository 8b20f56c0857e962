// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.original_envelope_id === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "original_envelope_id"}, "must have required property '"+"original_envelope_id"+"'");
errors++;
}
if(data.status === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "status"}, "must have required property '"+"status"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!(((key0 === "original_envelope_id") || (key0 === "status")) || (key0 === "error"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.original_envelope_id !== undefined){
if(typeof data.original_envelope_id !== "string"){
vErrors = fault(vErrors, instancePath+"/original_envelope_id", "#/properties/original_envelope_id/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.status !== undefined){
let data1 = data.status;
if(typeof data1 !== "string"){
vErrors = fault(vErrors, instancePath+"/status", "AckStatus/type", "type", {type: "string"}, "must be string");
errors++;
}
if(!(((data1 === "received") || (data1 === "processed")) || (data1 === "rejected"))){
vErrors = fault(vErrors, instancePath+"/status", "AckStatus/enum", "enum", {allowedValues: ["received","processed","rejected"]}, "must be equal to one of the allowed values");
errors++;
}
}
if(data.error !== undefined){
let data2 = data.error;
if((typeof data2 !== "string") && (data2 !== null)){
vErrors = fault(vErrors, instancePath+"/error", "#/properties/error/type", "type", {type: ["string","null"]}, "must be string,null");
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

export const validateMessageAck = /* @__PURE__ */ face("MessageAck", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
