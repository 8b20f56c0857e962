import { compile } from "json-schema-to-typescript";
import { Node, type Project, type TypeNode } from "ts-morph";
import type { Schema, SpecModel, TypeModel } from "../model.js";
import { kebab } from "../names.js";
import { isObject, mapSchema, without } from "../walk.js";
import { forEachType } from "./blame.js";
import type { Draft, Import } from "./file.js";
import { docs, keyOf, quote, union } from "./print.js";

/** One file per type with its declaration, and the barrel `models.ts`. */
export async function emitModels(model: SpecModel, project: Project): Promise<Draft[]> {
  const drafts: Draft[] = [];
  await forEachType(model.types, async (type) => {
    drafts.push(await emitType(type, project));
  });
  const lines = model.types.map((type) => `export type { ${type.name} } from "./models/${type.file}.js";\n`);
  return [...drafts, { path: "models.ts", imports: [], body: lines.join("") }];
}

/** What json-schema-to-typescript calls the type: it changes some names, this one it does not. */
const rootName = "Root";

/** Keywords that say nothing the type can, or that json-schema-to-typescript would make something else of. */
const unspoken = "$ref title discriminator default examples if then else not prefixItems minItems maxItems".split(" ");

async function emitType(type: TypeModel, project: Project): Promise<Draft> {
  const source = await compile(forCompiler(type), rootName, {
    additionalProperties: false,
    bannerComment: "",
    declareExternallyReferenced: false,
    format: false,
    $refOptions: { resolve: { http: false, file: false } },
  });
  const file = project.createSourceFile("/draft.ts", source, { overwrite: true });
  const declared = file.getInterface(rootName) ?? file.getTypeAlias(rootName);
  if (declared === undefined) throw new Error(`no declaration of ${type.name} came out of its schema`);
  const head = `export type ${type.name} = `;
  const body = Node.isInterfaceDeclaration(declared)
    ? printMembers(declared.getMembers(), "")
    : printType(declared.getTypeNodeOrThrow(), "", head.length);
  const imports: Import[] = type.refs
    .filter((name) => name !== type.name)
    .map((name) => ({ from: `./${kebab(name)}.js`, names: [name], typeOnly: true }));
  const { description, deprecated } = type.schema;
  const origin = `Defined in \`${type.source.file}${type.source.pointer === "" ? "" : `#${type.source.pointer}`}\`.`;
  const text = `${typeof description === "string" ? description : ""}\n${origin}${deprecated === true ? "\n@deprecated" : ""}`;
  const separator = body.startsWith("\n") ? head.trimEnd() : head;
  return { path: `models/${type.file}.ts`, imports, body: `${docs(text)}${separator}${body};\n` };
}

/**
 * The schema as json-schema-to-typescript takes it: every `$ref` a type name, no titles inside, named types closed, and
 * an array whose first items have schemas of their own as an array of any of its items.
 */
function forCompiler(type: TypeModel): Schema {
  const plain = mapSchema(type.schema, (schema) => {
    const ref = schema["$ref"];
    const kept = without(schema, ...unspoken);
    if (typeof ref === "string") return { ...kept, tsType: ref };
    const { prefixItems, items = true } = schema;
    if (Array.isArray(prefixItems)) kept["items"] = { anyOf: items === false ? prefixItems : [...prefixItems, items] };
    return takesObjects(kept) && kept["additionalProperties"] === undefined
      ? { ...kept, additionalProperties: true }
      : kept;
  });
  const open = type.schema["additionalProperties"] === undefined && isObject(type.schema["properties"]);
  return { ...plain, ...(open ? { additionalProperties: false } : {}), title: rootName };
}

function takesObjects(schema: Schema): boolean {
  const { type } = schema;
  return type === "object" || (Array.isArray(type) && type.includes("object")) || isObject(schema["properties"]);
}

function printType(node: TypeNode, indent: string, column: number): string {
  if (Node.isParenthesizedTypeNode(node)) return printType(node.getTypeNode(), indent, column);
  if (Node.isUnionTypeNode(node)) {
    const parts = node.getTypeNodes().map((part) => printType(part, indent, column));
    return union([...new Set(parts)], indent, column);
  }
  if (Node.isIntersectionTypeNode(node)) {
    return node
      .getTypeNodes()
      .map((part) => wrapped(part, indent, column, Node.isUnionTypeNode))
      .join(" & ");
  }
  if (Node.isArrayTypeNode(node)) {
    const composite = (inner: Node) => Node.isUnionTypeNode(inner) || Node.isIntersectionTypeNode(inner);
    return `${wrapped(node.getElementTypeNode(), indent, column, composite)}[]`;
  }
  if (Node.isTupleTypeNode(node)) {
    return `[${node
      .getElements()
      .map((part) => printType(part, indent, column))
      .join(", ")}]`;
  }
  if (Node.isLiteralTypeNode(node)) {
    const value = node.getLiteral();
    return Node.isStringLiteral(value) ? quote(value.getLiteralText()) : node.getText();
  }
  if (Node.isTypeLiteral(node)) return printMembers(node.getMembers(), indent);
  return node.getText();
}

function wrapped(node: TypeNode, indent: string, column: number, when: (inner: Node) => boolean): string {
  const bare = Node.isParenthesizedTypeNode(node) ? node.getTypeNode() : node;
  const text = printType(bare, indent, column);
  if (!when(bare)) return text;
  return text.startsWith("\n") ? `(${text}\n${indent})` : `(${text})`;
}

function printMembers(members: readonly Node[], indent: string): string {
  const inner = `${indent}  `;
  const [only] = members;
  if (only === undefined) return "{}";
  if (members.length === 1 && Node.isIndexSignatureDeclaration(only)) return `{ ${indexSignature(only, indent)} }`;
  const lines = members.map((member) => {
    if (Node.isIndexSignatureDeclaration(member)) return `${inner}${indexSignature(member, inner)};\n`;
    if (!Node.isPropertySignature(member)) throw new Error(`unexpected member ${member.getKindName()}`);
    const name = member.getNameNode();
    const key = keyOf(Node.isStringLiteral(name) ? name.getLiteralText() : name.getText());
    const head = `${inner}${key}${member.hasQuestionToken() ? "?" : ""}:`;
    const text = printType(member.getTypeNodeOrThrow(), inner, head.length + 1);
    const note = member
      .getJsDocs()
      .map((doc) => doc.getInnerText())
      .join("\n");
    return `${docs(note, inner)}${head}${text.startsWith("\n") ? "" : " "}${text};\n`;
  });
  return `{\n${lines.join("")}${indent}}`;
}

function indexSignature(node: Node, indent: string): string {
  if (!Node.isIndexSignatureDeclaration(node)) throw new Error("not an index signature");
  const head = `[${node.getKeyName()}: ${node.getKeyTypeNode().getText()}]:`;
  const text = printType(node.getReturnTypeNodeOrThrow(), indent, indent.length + head.length + 1);
  return `${head}${text.startsWith("\n") ? "" : " "}${text}`;
}
