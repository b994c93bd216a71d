package org.ptuning4j.server.observe;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who changed what, by administration: a line of JSON each, to the logger {@link #NAME}. */
public final class AuditLog {

  /** The logger's name. */
  public static final String NAME = "ptuning4j.audit";

  private static final Logger LOG = LoggerFactory.getLogger(NAME);

  private AuditLog() {}

  /**
   * Notes a change, or an attempt at one.
   *
   * @param who the name of the key
   * @param action such as {@code reload}
   * @param task what it was done to
   * @param outcome {@code done}, or what kept it from being done
   */
  public static void note(String who, String action, String task, String outcome) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("time", Instant.now().toString());
    line.put("who", who);
    line.put("action", action);
    line.put("task", LogLine.shortened(task));
    line.put("outcome", outcome);
    LOG.info(LogLine.of(line));
  }
}
