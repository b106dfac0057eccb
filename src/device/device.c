/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Names of roles and states: texts for people, stable ASCII for files. Invariant: every value has both.
 */
#include "yimen/device.h"

#include "base/mem.h"

static const char *const role_names[YM_N_ROLES] = {"none", "idcard", "scanner", "camera", "portrait", "receipt", "pad", "evaluator",
	"display", "finger"};
static const char *const state_names[] = {"absent", "ready", "busy", "attention"};

const char *
ym_device_role_text(enum ym_device_role role)
{
	static const char *const texts[YM_N_ROLES] = {N_("Not used"), N_("Card reader"), N_("Code scanner"), N_("Document camera"),
		N_("Portrait camera"), N_("Receipt printer"), N_("Signature pad"), N_("Evaluator"), N_("Queue display"),
		N_("Fingerprint reader")};

	return (size_t)role < YM_N_ROLES ? texts[role] : texts[0];
}

const char *
ym_device_state_text(enum ym_device_state state)
{
	static const char *const texts[] = {N_("not plugged in"), N_("ready"), N_("busy"), N_("needs attention")};

	return (size_t)state < YM_ARRAY_LEN(texts) ? texts[state] : texts[0];
}

const char *
ym_device_role_name(enum ym_device_role role)
{
	return (size_t)role < YM_N_ROLES ? role_names[role] : role_names[0];
}

const char *
ym_device_state_name(enum ym_device_state state)
{
	return (size_t)state < YM_ARRAY_LEN(state_names) ? state_names[state] : state_names[0];
}

enum ym_device_role
ym_device_role_of(const char *name)
{
	for (int i = 1; i < YM_N_ROLES; i++)
		if (ym_streq(role_names[i], name))
			return (enum ym_device_role)i;
	return YM_ROLE_NONE;
}
