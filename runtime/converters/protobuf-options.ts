/** The settings of Confluent's ProtobufConverter that change schemas and values. */
export interface ProtobufTranslation {
  /** `enhanced.protobuf.schema.support`: whether names keep their package. */
  readonly isEnhanced: boolean;
  /** `connect.meta.data`: whether what Protobuf has no place for is kept in options. */
  readonly hasMetadata: boolean;
  /** `generate.index.for.unions`: whether the fields of oneofs end in a number. */
  readonly hasUnionIndex: boolean;
  /** `flatten.unions`: whether a oneof's members are fields of their own. */
  readonly flattensUnions: boolean;
  /** `int.for.enums`: whether enums are numbers. */
  readonly hasIntEnums: boolean;
  /** `optional.for.nullables`: whether null is an absent field with the label optional. */
  readonly optionalForNullables: boolean;
  /** `optional.for.proto2`: whether that counts in proto2 too. */
  readonly optionalForProto2: boolean;
  /** `wrapper.for.nullables`: whether null is an absent wrapper message. */
  readonly wrapperForNullables: boolean;
  /** `wrapper.for.raw.primitives`: whether a wrapper at the top is its value. */
  readonly wrapperForRawPrimitives: boolean;
  /** `generate.struct.for.nulls`: whether an absent message is a struct of nulls and zeros. */
  readonly structForNulls: boolean;
  /** `ignore.default.for.nullables`: whether null stays null where there is a default. */
  readonly ignoresDefaults: boolean;
  /** `scrub.invalid.names`: whether names that Protobuf cannot hold are changed. */
  readonly scrubsNames: boolean;
}
