/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Invented people for card tests: right check digits, a county that was never assigned. Not for anything real.
 */
#pragma once

#include "practice/sim_reader.h"

static const struct ym_sim_card card_resident = {
	.kind = YM_CARD_RESIDENT, .name = "张一门", .sex = "1", .nation = "01", .birth = "19900307",
	.address = "吉林省无此市无此县红旗街一百二十号", .number = "229901199003070035", .issuer = "无此县公安局",
	.valid_from = "20200101", .valid_to = "20400101",
};
static const struct ym_sim_card card_moved = {
	.kind = YM_CARD_RESIDENT, .name = "欧阳窗口", .sex = "2", .nation = "11", .birth = "19850214",
	.address = "吉林省无此市无此县青年路三号", .number = "229901198502140021", .issuer = "无此县公安局",
	.valid_from = "20150601", .valid_to = "长期", .new_address = "吉林省无此市新城区建设大街九号二单元",
};
static const struct ym_sim_card card_hmt = {
	.kind = YM_CARD_HMT_RESIDENT, .name = "陈练习", .sex = "1", .birth = "19881130",
	.address = "吉林省无此市无此县人民大街七号", .number = "81000019881130011X", .issuer = "无此市公安局",
	.valid_from = "20230301", .valid_to = "20330301", .pass_number = "H00000001", .issue_count = "01",
};
static const struct ym_sim_card card_foreign_2017 = {
	.kind = YM_CARD_FOREIGN_2017, .name = "练习安", .english_name = "PRACTICE, ANNA MARIA", .sex = "2",
	.birth = "19920229", .number = "UTO220092022901", .country = "UTO", .valid_from = "20180501",
	.valid_to = "20380501", .card_version = "01", .issuer = "1500",
};
static const struct ym_sim_card card_foreign_2023 = {
	.kind = YM_CARD_FOREIGN_2023, .name = "练习宝", .english_name = "ABCDEFGHIJ KLMNOPQRST UVWXYZABCD E FGHIJ KLMN",
	.sex = "1", .birth = "19850101", .number = "932682198501010017", .country = "268", .valid_from = "20240101",
	.valid_to = "20340101", .issue_count = "00", .former_link = "001",
};
static const struct ym_sim_card card_unknown = {
	.kind = YM_CARD_UNKNOWN, .letter = "Q", .name = "张一门", .sex = "1", .nation = "01", .birth = "19900307",
	.number = "229901199003070035", .valid_from = "20200101", .valid_to = "20400101",
};
