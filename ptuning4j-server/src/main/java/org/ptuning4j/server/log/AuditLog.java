package org.ptuning4j.server.log;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who changed what, by administration or in a registry that is followed: a line of JSON each, to
 * the logger {@link #NAME}.
 */
public final class AuditLog {

  /** The logger's name. */
  public static final String NAME = "ptuning4j.audit";

  private static final Logger LOG = LoggerFactory.getLogger(NAME);

  private AuditLog() {}

  /**
   * Notes a change, or an attempt at one.
   *
   * @param who the name of the key, or what made the change
   * @param action such as {@code reload}
   * @param name of the pack that it was done to
   * @param outcome {@code done}, or what kept it from being done
   */
  public static void note(String who, String action, String name, String outcome) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("time", Instant.now().toString());
    line.put("who", who);
    line.put("action", action);
    line.put("name", LogLine.shortened(name));
    line.put("outcome", outcome);
    LOG.info(LogLine.of(line));
  }
}
