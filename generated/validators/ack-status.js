// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:06fd58d69e511a344c56c85cba2ff1629b1b4da19b4b56b8e6fc602f3d3f0cd9

import { face, fault } from "./faults.js";
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(typeof data !== "string"){
vErrors = fault(vErrors, instancePath, "#/type", "type", {type: "string"}, "must be string");
errors++;
}
if(!(((data === "received") || (data === "processed")) || (data === "rejected"))){
vErrors = fault(vErrors, instancePath, "#/enum", "enum", {allowedValues: ["received","processed","rejected"]}, "must be equal to one of the allowed values");
errors++;
}
validate0.errors = vErrors;
return errors === 0;
}

export const validateAckStatus = /* @__PURE__ */ face("AckStatus", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
