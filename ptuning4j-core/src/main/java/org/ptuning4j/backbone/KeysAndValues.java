package org.ptuning4j.backbone;

/** Which keys and values of its layers a pass gives besides its states. */
public enum KeysAndValues {
  /** None. */
  NONE,
  /**
   * Those of the text, {@code [B, K, n, d]} in each layer, without those of a prefix before it.
   * What follows may read them as virtual tokens: that is the start of a deep prompt from a text.
   * Every model gives them. A decoder with learnt or rotary positions goes on from them as if the
   * text stood there; where scores have terms of relative positions, or windows are narrower than
   * the text, what follows sees them as a prompt, without such terms and windows.
   */
  TEXT,
  /**
   * Those of prefix and text, {@code [B, K, P+n, d]} in each layer, to go on from exactly. Refused
   * where a layer, or the batch, sees a window on both sides, and where scores have terms of
   * relative positions.
   */
  PAST
}
