import { Type } from "typebox";
import { rule, type Rule } from "./rule.ts";

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Whether `text` is a DNS label: at most 63 lower-case letters, digits and hyphens, none of these at the ends. */
export const isDnsLabel = (text: string): boolean => text.length <= 63 && dnsLabel.test(text);

const dnsLabelSays =
  "must be a DNS label: at most 63 lower-case letters, digits and hyphens, with a letter or digit at both ends";

/** The rule that a text is a DNS label. */
export const dnsLabelRule: Rule<string> = rule<string>({
  cel: "!format.dns1123Label().validate(self).hasValue()",
  says: dnsLabelSays,
  holds: isDnsLabel,
});

/** A field that holds a DNS label. */
export const nameText = (description: string) => Type.String({ description, maxLength: 63, rules: [dnsLabelRule] });

/** The metadata of a resource, as far as a rule may name it. */
export const metadata = Type.Object({ name: Type.Optional(Type.String()) });

/**
 * The rule that a resource's own name is a DNS label; `because` says what else the name becomes. The API server has
 * found a DNS name in it before, and bounds no name for CEL's cost estimate, so that the whole format is too dear here.
 */
export const ownNameRule = (because: string): Rule<{ readonly metadata: { readonly name: string } }> => ({
  cel: "!self.metadata.name.contains('.') && self.metadata.name.size() <= 63",
  says: `${dnsLabelSays}; ${because}`,
  at: ".metadata.name",
  holds: ({ metadata: { name } }) => isDnsLabel(name),
});

/** A region's identifier. A key such as phx passes here, so that the Accepted condition can say which region it means. */
export const regionText = (description: string) =>
  Type.String({
    description,
    maxLength: 63,
    meaning: "region",
    rules: [
      rule<string>({
        cel: "self.matches('^[a-z0-9]+(-[a-z0-9]+)*$')",
        says: "must be a region identifier in lower case, such as us-ashburn-1",
        holds: (text) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text),
      }),
    ],
  });

/** A block of addresses in CIDR notation. 43 characters hold the longest IPv6 block. */
export const cidrText = (description: string) =>
  Type.String({
    description,
    maxLength: 43,
    meaning: "cidr",
    rules: [
      rule<string>({
        cel: "isCIDR(self)",
        says: "must be a block of addresses such as 203.0.113.0/24 or 2001:db8::/48, without leading zeros, zone ids or IPv4 mapped into IPv6",
      }),
      rule<string>({
        cel: "!isCIDR(self) || cidr(self) == cidr(self).masked()",
        says: "must have no host bits: write the first address of the block, as in 10.0.0.0/8 and not 10.1.2.3/8",
      }),
      rule<string>({
        cel: "!isCIDR(self) || cidr(self).prefixLength() > 0",
        says: "must not be the whole Internet",
      }),
    ],
  });
