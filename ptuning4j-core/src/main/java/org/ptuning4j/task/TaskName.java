package org.ptuning4j.task;

import org.ptuning4j.InvalidInputException;

/** What a task may be called: it names files and is typed on command lines. */
public final class TaskName {

  /** What a name may have, in words. */
  public static final String RULE = "letters, digits, - and _ only (and at least one)";

  private static final String OTHERS = "[^A-Za-z0-9_-]+";

  private TaskName() {}

  /** Whether a text may be a name. */
  public static boolean isOne(String text) {
    return !text.isEmpty() && text.replaceAll(OTHERS, "").length() == text.length();
  }

  /** The nearest name to any text, such as a file's or a column's: {@code task} if none is near. */
  public static String near(String text) {
    String plain = text.replaceAll(OTHERS, "-").replaceAll("^-+|-+$", "");
    return plain.isEmpty() ? "task" : plain;
  }

  /** Makes sure that there are letters, digits, {@code -} and {@code _} only. */
  public static void require(String name) {
    if (!isOne(name)) {
      throw InvalidInputException.of("task name '%s' may have %s", name, RULE);
    }
  }
}
