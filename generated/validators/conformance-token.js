// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.header === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "header"}, "must have required property '"+"header"+"'");
errors++;
}
if(data.claims === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "claims"}, "must have required property '"+"claims"+"'");
errors++;
}
for(const key0 in data){
if(errors > 999)break;
if(!((key0 === "header") || (key0 === "claims"))){
vErrors = fault(vErrors, instancePath, "#/additionalProperties", "additionalProperties", {additionalProperty: key0}, "must NOT have additional properties");
errors++;
}
}
if(data.header !== undefined){
let data0 = data.header;
if(!(data0 && typeof data0 == "object" && !Array.isArray(data0))){
vErrors = fault(vErrors, instancePath+"/header", "#/properties/header/type", "type", {type: "object"}, "must be object");
errors++;
}
}
if(data.claims !== undefined){
let data1 = data.claims;
if(!(data1 && typeof data1 == "object" && !Array.isArray(data1))){
vErrors = fault(vErrors, instancePath+"/claims", "#/properties/claims/type", "type", {type: "object"}, "must be object");
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

export const validateConformanceToken = /* @__PURE__ */ face("ConformanceToken", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
