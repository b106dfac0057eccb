/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * libturbojpeg for yimen-camera: from a frame to a JPEG no larger than wanted, from a JPEG to gray or colours.
 * Invariant: a JPEG that leaves here has been decoded once from end to end, and carries no metadata of the camera's.
 */
#pragma once

#include "helpers/camera_source.h"

#define CAMERA_QUALITY 85

/* Turned clockwise. BROKEN, DAMAGED or TOO_LARGE. */
enum ym_camera_fault camera_jpeg_keep(const struct camera_frame *f, int rotate, size_t max_bytes, struct ym_buf *out, int *ret_w, int *ret_h);
/* Gray, at least min_w wide when the picture is (decoded at a fraction); appended to out. */
enum ym_camera_fault camera_jpeg_gray(const struct camera_frame *f, int min_w, struct ym_buf *out, int *ret_w, int *ret_h);
/* Red, green, blue; at least min_h high when the picture is; min_h 0: whole. */
enum ym_camera_fault camera_jpeg_rgb(const uint8_t *jpeg, size_t n, int min_h, struct ym_buf *out, int *ret_w, int *ret_h);
/* Of RGB; quality sought so that the bytes lie under max_bytes (0: any). dpi goes into its JFIF head. */
enum ym_camera_fault camera_jpeg_of_rgb(const struct ym_rgb *rgb, int dpi, size_t max_bytes, struct ym_buf *out);
