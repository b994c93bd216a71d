package org.ptuning4j.server.config;

import java.util.Locale;

/** What is limited. Each limit holds before memory is allocated for what it limits. */
public enum Limit {
  /** The longest body. */
  BODY_BYTES(4 << 20, true),
  /** The longest text, in UTF-16 units; models read far less. */
  TEXT_LENGTH(100_000, true),
  /** A pack that is published, unpacked. */
  PACK_BYTES(64 << 20, true),
  /** Texts, or objects of columns, in one request. */
  INPUTS(256, true),
  /** Tasks in one request. */
  TASKS(256, true),
  /** Answers to one request: inputs times tasks. */
  ANSWERS(1024, true),
  /** Levels of lists and objects within each other. */
  JSON_DEPTH(16, true),
  /** Digits and signs of a number in JSON. */
  NUMBER_LENGTH(64, true),
  /** Values in one body. */
  JSON_VALUES(100_000, true),
  /** Tokens that one answer may have which the model writes. */
  NEW_TOKENS(1024, true),
  /** From the headers to the end of the body. */
  BODY_SECONDS(30, true),
  /** From the body to the answer, unless the request wants it sooner. */
  REQUEST_SECONDS(30, true),
  /** Request line and headers together. */
  HEADER_BYTES(8192, false),
  /** From a request's first byte to the end of its headers. */
  HEADER_SECONDS(10, false),
  /** How long a connection may be silent. */
  IDLE_SECONDS(60, false),
  /** Connections that are open at once. */
  CONNECTIONS(1024, false),
  /** Questions that may wait for the model. */
  WAITING(4096, false),
  /** Tokens that the model computes at once; of these its memory is. */
  BATCH_TOKENS(2048, false),
  /** What accepted requests have to be answered in when the server ends. */
  DRAIN_SECONDS(30, false);

  private final int usual;
  private final boolean reloadable;

  Limit(int usual, boolean reloadable) {
    this.usual = usual;
    this.reloadable = reloadable;
  }

  /** Its value unless a setting says otherwise. */
  public int usual() {
    return usual;
  }

  /** Whether a running server takes a new value. */
  public boolean isReloadable() {
    return reloadable;
  }

  /** Its name in settings, such as {@code body-bytes}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
