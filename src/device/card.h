/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * From the text block of an ID card to struct ym_card (yimen/device.h). Pure; not for pictures or fingerprints.
 * Invariant: a type letter that is not listed gives YM_CARD_UNKNOWN and no other field.
 */
#pragma once

#include "device/sam.h"
#include "yimen/device.h"

/* Layouts of devices notes §2.5 (resident, J, I: at least two sources; Y: one). IO when a used field is no text:
 * lone surrogates, U+0000, control characters. What does not agree sets warnings and refuses nothing. */
enum ym_code ym_card_parse(const uint8_t text[YM_SAM_TEXT_LEN], struct ym_card *ret, struct ym_error *err) YM_MUST;
/* The 70 bytes of 追加地址 into card->new_address. */
enum ym_code ym_card_parse_address(const uint8_t address[YM_SAM_ADDRESS_LEN], struct ym_card *card,
	struct ym_error *err) YM_MUST;
