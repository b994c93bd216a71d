package org.ptuning4j.tensor.file;

import java.util.Collection;
import java.util.stream.Collectors;

/** Names out of files as messages show them: in quotes, and no longer than a line. */
public final class Quoted {

  private static final int LONGEST_NAME = 120;
  private static final int MOST_NAMES = 10;

  private Quoted() {}

  public static String name(String name) {
    String shown = name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "…";
    return "'" + shown.replaceAll("\\p{Cntrl}", "?") + "'";
  }

  public static String names(Collection<String> names) {
    String shown =
        names.stream().limit(MOST_NAMES).map(Quoted::name).collect(Collectors.joining(", "));
    int more = names.size() - MOST_NAMES;
    return more > 0 ? shown + " and " + more + " more" : shown;
  }
}
