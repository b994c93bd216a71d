package org.ptuning4j.server.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.ptuning4j.InvalidInputException;

/**
 * Where a server listens.
 *
 * @param host a name or a number of this machine
 * @param port 0 for any that is free
 */
public record Address(String host, int port) {

  /** Checks the port. */
  public Address {
    if (host == null || host.isBlank()) {
      throw new InvalidInputException(
          "host: it is empty; 127.0.0.1 for this machine alone, 0.0.0.0 for the network");
    }
    if (port < 0 || port > 65_535) {
      throw InvalidInputException.of(
          "port: %d; a number from 0 (any that is free) to 65535 is expected", port);
    }
  }

  /** Whether only this machine reaches it. */
  public boolean isLoopback() {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new InvalidInputException("host: '" + host + "' is no address of this machine", e);
    }
  }
}
