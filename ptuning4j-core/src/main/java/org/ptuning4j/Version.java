package org.ptuning4j;

/** This library's version. */
public final class Version {

  private Version() {}

  /** The version of the jar that this class was loaded from; {@code development} outside a jar. */
  public static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
