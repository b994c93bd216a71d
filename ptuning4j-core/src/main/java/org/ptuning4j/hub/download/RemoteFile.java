package org.ptuning4j.hub.download;

import java.net.URI;
import java.util.Optional;

/**
 * A file on a server, as the server or we ourselves describe it.
 *
 * @param name what to call it in messages
 * @param uri its address
 * @param tag the server's name of this version; empty where it is not checked
 * @param size its bytes
 * @param checksum what they hash to
 */
public record RemoteFile(String name, URI uri, Optional<String> tag, long size, Checksum checksum) {

  /** Refuses a size below 0. */
  public RemoteFile {
    if (size < 0) {
      throw new IllegalArgumentException(name + ": size is " + size);
    }
  }
}
