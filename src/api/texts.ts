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

/** The rule that a resource's own name is a DNS label; `because` says what else the name becomes. */
export const ownNameRule = (because: string): Rule<{ readonly metadata: { readonly name: string } }> => ({
  cel: "!format.dns1123Label().validate(self.metadata.name).hasValue()",
  says: `metadata.name ${dnsLabelSays}; ${because}`,
  holds: ({ metadata }) => isDnsLabel(metadata.name),
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
        says: "has host bits set",
        saysCel: "self + ' has host bits set: did you mean ' + string(cidr(self).masked()) + '?'",
      }),
      rule<string>({
        cel: "!isCIDR(self) || cidr(self).prefixLength() > 0",
        says: "is the whole Internet, which no zone can approve",
      }),
    ],
  });
