/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Signing a paper of the open visit on the pad: what is signed, by whom, and what the pad does now. Not what is kept of it
 * (yimen/signature.h). One signing act signs one document: the one that it was begun for, as it stood then.
 * Invariant: strokes that nobody accepted are in memory only and are wiped when the act ends.
 */
#pragma once

#include "yimen/signature.h"
#include "yimen/station.h"

enum ym_signing_phase {
	YM_SIGNING_NO_PAD,   /* none is plugged in: sign on paper, or later */
	YM_SIGNING_STARTING,
	YM_SIGNING_FAULT,    /* the pad needs a person: error, or the device's, says what */
	YM_SIGNING_IDLE,     /* the pad is there and was not asked, or nothing came of it */
	YM_SIGNING_WAITING,  /* armed: the citizen may sign */
	YM_SIGNING_DRAWING,  /* strokes arrive */
	YM_SIGNING_JUDGE,    /* the officer looks: accept, or ask again */
	YM_SIGNING_DONE,     /* kept */
};
struct ym_signing {
	enum ym_signing_phase phase;
	int paper, person;             /* of the visit */
	int n_places;                  /* sign places of this document */
	struct ym_device_info device;  /* zeroed with NO_PAD */
	struct ym_strokes strokes;     /* so far; points NULL while there are none */
	struct ym_error error;         /* the last; YM_OK when the last thing went well */
};
/* Takes the document as it stands, chooses who came as the signer, asks the pad. YM_NOTICE_CAPTURE follows each change.
 * STATE, REFUSED: as ym_visit_may_sign, or nobody who could sign is identified. */
enum ym_code ym_station_signing_begin(struct ym_station *s, int paper, struct ym_error *err) YM_MUST;
/* The asking is taken back and strokes are wiped; a kept signature stays. Harmless when nothing goes on. */
void ym_station_signing_end(struct ym_station *s);
/* NULL when nothing goes on. Valid until the loop turns again. */
const struct ym_signing *ym_station_signing(struct ym_station *s);
/* Ask the pad (again): what was drawn is wiped. BUSY while the citizen may sign. */
enum ym_code ym_station_signing_ask(struct ym_station *s, struct ym_error *err) YM_MUST;
/* The next person who could sign; what another one drew is wiped. STATE when there is no other. */
enum ym_code ym_station_signing_other(struct ym_station *s, struct ym_error *err) YM_MUST;
/* Seal what was drawn and append paper.signed. A PDF that was made of the paper before is made anew, signed. BUSY while an unsigned
 * one is being made or printed: what was drawn stays. */
enum ym_code ym_station_signing_accept(struct ym_station *s, struct ym_error *err) YM_MUST;
/* Is a signature pad plugged in? */
bool ym_station_has_pad(struct ym_station *s);
