// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

// Tokens and receivers that behave as the worst of those that are out there. For tests only.

interface IVault {
    function submit(uint256, bytes32, address, uint256, bytes calldata, bytes[] calldata) external returns (bytes32, bool);
}

/// An ERC-20 token whose `transfer` misbehaves in a chosen way.
contract OddToken {
    enum Manner { Honest, SaysNothing, SaysFalse, SaysFalseButPays, TakesFee, Overcharges, PaysNothing, Reverts, BurnsGas, Calls, LongAnswer }

    event Transfer(address indexed from, address indexed to, uint256 value);

    Manner public manner;
    mapping(address => uint256) public balanceOf;

    constructor(Manner itsManner) {
        manner = itsManner;
    }

    function setManner(Manner itsManner) external {
        manner = itsManner;
    }

    function mint(address to, uint256 value) external {
        balanceOf[to] += value;
        emit Transfer(address(0), to, value);
    }

    function transfer(address to, uint256 value) external {
        require(manner != Manner.Reverts, "no");
        if (manner == Manner.BurnsGas) assembly { invalid() }
        if (manner == Manner.SaysFalse) _answer(0);
        if (manner == Manner.PaysNothing) _answer(1);
        uint256 fee = manner == Manner.TakesFee ? value / 100 + 1 : 0;
        uint256 charge = manner == Manner.Overcharges ? value + 1 : value;
        balanceOf[msg.sender] -= charge;
        balanceOf[to] += value - fee;
        emit Transfer(msg.sender, to, value - fee);
        if (manner == Manner.SaysNothing) return;
        if (manner == Manner.SaysFalseButPays) _answer(0);
        if (manner == Manner.LongAnswer) assembly { mstore(0, 1) return(0, 100000) }
        // As ERC-777 does: the receiver is called.
        if (manner == Manner.Calls) Receiver(payable(to)).tokensReceived();
        _answer(1);
    }

    function _answer(uint256 word) private pure {
        assembly { mstore(0, word) return(0, 32) }
    }
}

/// A receiver of coins or tokens that misbehaves in a chosen way.
contract Receiver {
    enum Manner { Accepts, Reverts, BurnsGas, Reenters, ReentersAndInsists, SendsBack, LongRevert }

    Manner public manner;
    address private vault;
    bytes private call;
    /// Whether the call back into the vault went through.
    bool public wentThrough;

    constructor(Manner itsManner) {
        manner = itsManner;
    }

    function setManner(Manner itsManner) external {
        manner = itsManner;
    }

    /// What it calls when money arrives.
    function prepare(address itsVault, bytes calldata itsCall) external {
        vault = itsVault;
        call = itsCall;
    }

    receive() external payable {
        _react();
    }

    function tokensReceived() external {
        _react();
    }

    /// Sends what it has to `to` from a contract, as an exchange's wallet does.
    function forward(address payable to, uint256 value) external {
        (bool success,) = to.call{value: value}("");
        require(success, "not forwarded");
    }

    function _react() private {
        if (manner == Manner.Reverts) revert("no");
        if (manner == Manner.LongRevert) assembly { revert(0, 1000000) }
        if (manner == Manner.BurnsGas) assembly { invalid() }
        if (manner == Manner.Reenters || manner == Manner.ReentersAndInsists) {
            (bool success,) = vault.call(call);
            wentThrough = wentThrough || success;
            require(success || manner == Manner.Reenters, "not let in");
        }
        if (manner == Manner.SendsBack) {
            (bool success,) = vault.call{value: msg.value}("");
            require(success, "not taken back");
        }
    }
}

/// Several calls in one transaction, as contract wallets and batch senders make them.
contract Batch {
    function pay(address[] calldata to, uint256[] calldata value, bytes[] calldata data) external payable {
        for (uint256 i = 0; i < to.length; i++) {
            (bool success,) = to[i].call{value: value[i]}(data[i]);
            require(success, "a call failed");
        }
    }
}
