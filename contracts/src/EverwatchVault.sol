// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// The vault of an everPay ledger on an EVM chain: takes deposits, and pays out what enough of its owners signed.
///
/// Clients and owners use it as they use everPay's lock contract: same arguments of `submit`, same packing of the hash that
/// owners personal-sign, same events, getters and owner functions. What always holds besides:
/// - one everHash moves money at most once, whatever the proposal's number;
/// - what did not take its full effect consumed nothing: it can be tried again by anyone;
/// - who is not an owner now does not count, and who comes back as an owner starts without confirmations;
/// - the operator can stop payouts, and cannot stop the owners from replacing it.
/// It is not upgradeable and delegates nowhere. Known limits: docs/contract.md.
contract EverwatchVault {
    event Submission(
        bytes32 indexed id, uint256 indexed proposalID, bytes32 indexed everHash, address owner, address to, uint256 value, bytes data
    );
    event SubmissionFailure(
        bytes32 indexed id, uint256 indexed proposalID, bytes32 indexed everHash, address owner, address to, uint256 value, bytes data
    );
    event Execution(
        bytes32 indexed id, uint256 indexed proposalID, bytes32 indexed everHash, address to, uint256 value, bytes data
    );
    event ExecutionFailure(
        bytes32 indexed id, uint256 indexed proposalID, bytes32 indexed everHash, address to, uint256 value, bytes data
    );
    event Revocation(bytes32 indexed id, address indexed owner);
    event Deposit(address indexed sender, uint256 value);
    event OwnerAddition(address indexed owner);
    event OwnerRemoval(address indexed owner);
    event RequirementChange(uint256 required);
    event OperatorChange(address indexed operator);
    event PausedChange(bool paused);

    struct Proposal {
        bool executed;
        /// Owners required when the first of them confirmed; 0 before that.
        uint248 required;
    }

    uint256 public constant MAX_OWNERS = 50;
    /// Half of the order of secp256k1: a signature with a greater s is the twin of one with a smaller s.
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;
    uint256 private constant REVOKED = type(uint256).max;

    uint256 private constant IDLE = 0;
    uint256 private constant SUBMITTING = 1;
    uint256 private constant CLEARED = 2;

    address[] private owners;
    // One word together: each payout reads the first and the last.
    uint64 private required;
    address private operator;
    bool private paused;
    /// Each time that somebody becomes an owner has its own number, from 1; 0: not an owner.
    mapping(address => uint256) private termOf;
    uint256 private terms;

    mapping(bytes32 => Proposal) private proposals;
    /// The term in which an owner confirmed.
    mapping(bytes32 => mapping(address => uint256)) private confirmedIn;
    /// Whether money already moved for an everHash.
    mapping(bytes32 => bool) public released;

    uint256 private transient stage;
    bytes32 private transient currentEverHash;

    modifier onlySelf() {
        require(msg.sender == address(this), "not_wallet");
        _;
    }

    constructor(address[] memory initialOwners, uint256 initialRequired) {
        for (uint256 i = 0; i < initialOwners.length; i++) {
            _beginTerm(initialOwners[i]);
            owners.push(initialOwners[i]);
        }
        _setRequirement(initialRequired);
    }

    /// Deposits arrive with as little as 25,000 gas for the whole transaction: no storage, no proxy.
    receive() external payable {
        if (msg.value != 0) emit Deposit(msg.sender, msg.value);
    }

    // ---- Paying out

    /// Counts the owners' signatures of a proposal and carries it out when they are enough. Anyone may call it, also
    /// without signatures, to carry out again what failed. `done` says whether it was carried out now.
    function submit(
        uint256 proposalID,
        bytes32 everHash,
        address to,
        uint256 value,
        bytes calldata data,
        bytes[] calldata sigs
    ) external returns (bytes32 id, bool done) {
        require(stage == IDLE, "reentered");
        if (to == address(this)) require(value == 0, "value_to_self");
        else _requirePayable(everHash);
        id = txHash(proposalID, everHash, to, value, data);
        require(!proposals[id].executed, "tx_executed");

        for (uint256 i = 0; i < sigs.length; i++) {
            (address owner, bool confirmed) = _confirm(id, sigs[i]);
            if (confirmed) emit Submission(id, proposalID, everHash, owner, to, value, data);
            else emit SubmissionFailure(id, proposalID, everHash, owner, to, value, data);
        }
        if (!isConfirmed(id)) return (id, false);

        done = _tryToPerform(id, everHash, to, value, data);
        if (done) emit Execution(id, proposalID, everHash, to, value, data);
        else emit ExecutionFailure(id, proposalID, everHash, to, value, data);
    }

    /// An owner takes back its confirmation of a proposal, or its signature that was not submitted yet, for good.
    function revoke(bytes32 id) external {
        require(termOf[msg.sender] != 0, "no_owner_found");
        require(!proposals[id].executed, "tx_executed");
        confirmedIn[id][msg.sender] = REVOKED;
        emit Revocation(id, msg.sender);
    }

    /// The frame in which a proposal takes effect: all of it, or, by reverting, nothing. Entered from `submit` alone.
    function perform(bytes32 id, bytes32 everHash, address to, uint256 value, bytes calldata data) external onlySelf {
        require(stage == CLEARED, "not_cleared");
        stage = SUBMITTING;
        proposals[id].executed = true;
        if (to == address(this)) {
            currentEverHash = everHash;
            require(_call(to, 0, data), "failed");
        } else {
            _release(everHash);
            require(_pay(to, value, data), "failed");
        }
    }

    /// Several calls in one proposal; all must succeed. Those that leave this contract count as its payout.
    function executes(address[] calldata to, uint256[] calldata value, bytes[] calldata data) external payable onlySelf {
        require(to.length == value.length && to.length == data.length, "invalid_length");
        bool leaves = false;
        for (uint256 i = 0; i < to.length; i++) {
            if (to[i] == address(this)) require(value[i] == 0, "value_to_self");
            else leaves = true;
        }
        if (leaves) _release(currentEverHash);
        for (uint256 i = 0; i < to.length; i++) {
            bool success = to[i] == address(this) ? _call(to[i], 0, data[i]) : _pay(to[i], value[i], data[i]);
            require(success, "executed_falied");
        }
    }

    // ---- Administration: by the owners through `submit` with this contract as target

    function addOwner(address owner) external onlySelf {
        _beginTerm(owner);
        owners.push(owner);
        require(owners.length <= MAX_OWNERS, "invalid_required");
    }

    /// Refused when fewer owners than required would be left: the requirement is changed by its own decision only.
    function removeOwner(address owner) external onlySelf {
        uint256 place = _endTerm(owner);
        owners[place] = owners[owners.length - 1];
        owners.pop();
        require(owners.length >= required, "invalid_required");
    }

    function replaceOwner(address owner, address newOwner) external onlySelf {
        uint256 place = _endTerm(owner);
        _beginTerm(newOwner);
        owners[place] = newOwner;
    }

    function changeRequirement(uint256 newRequired) external onlySelf {
        _setRequirement(newRequired);
    }

    function setOperator(address newOperator) external onlySelf {
        operator = newOperator;
        emit OperatorChange(newOperator);
    }

    /// Payouts stop while paused; administration never does.
    function setPaused(bool newPaused) external {
        require(msg.sender == operator || msg.sender == address(this), "not_operator");
        paused = newPaused;
        emit PausedChange(newPaused);
    }

    // ---- Getters

    function getOwners() external view returns (address[] memory) {
        return owners;
    }

    function getRequire() external view returns (uint256) {
        return required;
    }

    function getOperator() external view returns (address) {
        return operator;
    }

    function getPaused() external view returns (bool) {
        return paused;
    }

    function isOwner(address account) external view returns (bool) {
        return termOf[account] != 0;
    }

    function executed(bytes32 id) external view returns (bool) {
        return proposals[id].executed;
    }

    /// Whether this owner's confirmation counts.
    function confirmations(bytes32 id, address owner) public view returns (bool) {
        uint256 term = termOf[owner];
        return term != 0 && confirmedIn[id][owner] == term;
    }

    /// Whether enough of the present owners confirmed: as many as are required now, and as were when the first did.
    function isConfirmed(bytes32 id) public view returns (bool) {
        uint256 needed = proposals[id].required;
        if (needed == 0) return false;
        if (needed < required) needed = required;
        uint256 count = 0;
        for (uint256 i = 0; i < owners.length; i++) {
            if (confirmations(id, owners[i]) && ++count == needed) return true;
        }
        return false;
    }

    /// Read anew each time: after a fork of the chain, signatures for one branch are worth nothing on the other.
    function chainID() public view returns (uint256) {
        return block.chainid;
    }

    /// What owners personal-sign, as 32 bytes.
    function txHash(uint256 proposalID, bytes32 everHash, address to, uint256 value, bytes calldata data)
        public
        view
        returns (bytes32)
    {
        return keccak256(abi.encodePacked(chainID(), address(this), proposalID, everHash, to, value, data));
    }

    /// Who signed `id`, as everPay's contract answers; `submit` is stricter (see `_signer`).
    function ecAddress(bytes32 id, bytes calldata sig) external pure returns (address) {
        require(sig.length == 65, "invalid_sig_len");
        uint8 v = uint8(sig[64]);
        require(v == 27 || v == 28, "invalid_sig_v");
        return _recover(id, v, bytes32(sig[0:32]), bytes32(sig[32:64]));
    }

    // ---- Inside

    function _requirePayable(bytes32 everHash) private view {
        require(!paused, "paused");
        require(!released[everHash], "released");
    }

    function _release(bytes32 everHash) private {
        _requirePayable(everHash);
        released[everHash] = true;
    }

    /// Whose signature it is, and whether it confirms `id` now; one that was counted before confirms again, harmlessly.
    function _confirm(bytes32 id, bytes calldata sig) private returns (address owner, bool confirmed) {
        owner = _signer(id, sig);
        uint256 term = termOf[owner];
        if (term == 0) return (owner, false);
        uint256 had = confirmedIn[id][owner];
        // A signature cannot say in which term it was made. So an owner who revoked, or who left and came back, cannot
        // confirm the same id again: the old signature, which is public, would do it for him.
        if (had != 0) return (owner, had == term);
        confirmedIn[id][owner] = term;
        Proposal storage proposal = proposals[id];
        if (proposal.required == 0) proposal.required = required;
        return (owner, true);
    }

    /// Who signed `id`; nobody (zero) for a signature that is malformed or the malleable twin of another.
    function _signer(bytes32 id, bytes calldata sig) private pure returns (address) {
        if (sig.length != 65) return address(0);
        uint8 v = uint8(sig[64]);
        bytes32 s = bytes32(sig[32:64]);
        if ((v != 27 && v != 28) || uint256(s) > HALF_ORDER) return address(0);
        return _recover(id, v, bytes32(sig[0:32]), s);
    }

    function _recover(bytes32 id, uint8 v, bytes32 r, bytes32 s) private pure returns (address) {
        return ecrecover(keccak256(abi.encodePacked("\x19Ethereum Signed Message:\n32", id)), v, r, s);
    }

    function _tryToPerform(bytes32 id, bytes32 everHash, address to, uint256 value, bytes calldata data)
        private
        returns (bool success)
    {
        stage = CLEARED;
        success = _call(address(this), 0, abi.encodeCall(this.perform, (id, everHash, to, value, data)));
        stage = IDLE;
    }

    /// A call out of this contract, checked for its effect where the effect is known: what a token's `transfer` moves, and
    /// what the `mint` of a token that is bridged by this vault makes.
    function _pay(address to, uint256 value, bytes calldata data) private returns (bool) {
        // To an address without code every call succeeds.
        if (data.length != 0 && to.code.length == 0) return false;
        bytes4 selector = data.length < 4 ? bytes4(0) : bytes4(data);
        if (selector != IERC20.transfer.selector && selector != IERC20.mint.selector) return _call(to, value, data);

        (address receiver, uint256 amount) = abi.decode(data[4:], (address, uint256));
        uint256 ours = IERC20(to).balanceOf(address(this));
        uint256 theirs = IERC20(to).balanceOf(receiver);
        if (!_call(to, value, data) || !_saidTrueOrNothing()) return false;
        uint256 charged = selector == IERC20.transfer.selector ? amount : 0;
        return IERC20(to).balanceOf(address(this)) + charged == ours && IERC20(to).balanceOf(receiver) == theirs + amount;
    }

    /// A call that copies no answer: a hostile one could be of any size. Starved calls are told from failed ones: when a
    /// call left no more than the 1/64 that it cannot take, all is undone, so that nobody makes a payout fail on purpose.
    function _call(address to, uint256 value, bytes memory data) private returns (bool success) {
        uint256 gasBefore = gasleft();
        assembly ("memory-safe") {
            success := call(gas(), to, value, add(data, 0x20), mload(data), 0, 0)
        }
        if (!success && gasleft() <= gasBefore / 63) {
            // Within `perform`, taking the rest as well lets `submit` see the same.
            if (msg.sender == address(this)) assembly ("memory-safe") { invalid() }
            revert("starved");
        }
    }

    /// Of the call made last. Tokens that answer nothing at all exist, and are judged by the balances alone.
    function _saidTrueOrNothing() private pure returns (bool said) {
        assembly ("memory-safe") {
            switch returndatasize()
            case 0 { said := 1 }
            default {
                if gt(returndatasize(), 31) {
                    returndatacopy(0, 0, 32)
                    said := eq(mload(0), 1)
                }
            }
        }
    }

    function _beginTerm(address owner) private {
        require(owner != address(0), "null_address");
        require(termOf[owner] == 0 && owner != address(this), "duplicate_owner");
        termOf[owner] = ++terms;
        emit OwnerAddition(owner);
    }

    function _endTerm(address owner) private returns (uint256 place) {
        require(termOf[owner] != 0, "no_owner_found");
        delete termOf[owner];
        while (owners[place] != owner) place++;
        emit OwnerRemoval(owner);
    }

    function _setRequirement(uint256 newRequired) private {
        require(newRequired != 0 && newRequired <= owners.length && owners.length <= MAX_OWNERS, "invalid_required");
        required = uint64(newRequired);
        emit RequirementChange(newRequired);
    }
}

interface IERC20 {
    function transfer(address to, uint256 amount) external returns (bool);
    function mint(address to, uint256 amount) external;
    function balanceOf(address account) external view returns (uint256);
}
