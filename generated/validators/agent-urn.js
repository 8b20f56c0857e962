// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import { face, fault, lengthOf } from "./faults.js";
const func0 = lengthOf;
const pattern0 = /* @__PURE__ */ new RegExp("^urn:asap:agent:[a-z0-9-]+(?::[a-z0-9-]+)?$", "u");
function validate0(data, instancePath){
let vErrors = null;
let errors = 0;
if(typeof data === "string"){
if(data.length > 256 && func0(data) > 256){
vErrors = fault(vErrors, instancePath, "#/maxLength", "maxLength", {limit: 256}, "must NOT have more than 256 characters");
errors++;
}
if(!pattern0.test(data)){
vErrors = fault(vErrors, instancePath, "#/pattern", "pattern", {pattern: "^urn:asap:agent:[a-z0-9-]+(?::[a-z0-9-]+)?$"}, "must match pattern \""+"^urn:asap:agent:[a-z0-9-]+(?::[a-z0-9-]+)?$"+"\"");
errors++;
}
}
else {
vErrors = fault(vErrors, instancePath, "#/type", "type", {type: "string"}, "must be string");
errors++;
}
validate0.errors = vErrors;
return errors === 0;
}

export const validateAgentUrn = /* @__PURE__ */ face("AgentUrn", function check(value) {
const passed = validate0(value, "");
check.errors = validate0.errors;
return passed;
});
