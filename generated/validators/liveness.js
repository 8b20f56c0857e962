// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.status === undefined){
vErrors = fault(vErrors, instancePath, "#/required", "required", {missingProperty: "status"}, "must have required property '"+"status"+"'");
errors++;
}
if(data.status !== undefined){
if("ok" !== data.status){
vErrors = fault(vErrors, instancePath+"/status", "#/properties/status/const", "const", {allowedValue: "ok"}, "must be equal to constant");
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

export const validateLiveness = /* @__PURE__ */ face("Liveness", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
