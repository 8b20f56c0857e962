// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.asap === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "asap"}, "must have required property '"+"asap"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((key0 === "asap") || (key0 === "events"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.asap !== undefined){
if(typeof data.asap !== "string"){
vErrors = fault(vErrors, instancePath+"/asap", "#/properties/asap/type", "type", {type: "string"}, "must be string");
errors++;
}
}
if(data.events !== undefined){
let data1 = data.events;
if((typeof data1 !== "string") && (data1 !== null)){
vErrors = fault(vErrors, instancePath+"/events", "#/properties/events/type", "type", {type: ["string","null"]}, "must be string,null");
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

export const validateEndpoint = /* @__PURE__ */ face("Endpoint", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
